-- directory: which steps of loading the demonstration are done, so that one that was killed half-way goes on where it stopped.
create table demo_steps (
    step    text        not null primary key,
    done_at timestamptz not null
);
