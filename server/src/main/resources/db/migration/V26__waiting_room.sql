-- The list of a stage that is no race: of whoever came, in what order they stand, and how far they were called. Made with the drop's
-- publication; its row is locked by whoever adds to the list, closes it, draws the places or calls.
create table queues (
    brand_id    uuid             not null,
    drop_id     uuid             not null,
    stage_id    uuid             not null,
    arrivals    int              not null,             -- how many came; once it is closed, also the last place
    closed_at   timestamptz,                           -- whoever comes later stands behind the list
    listed      int,                                   -- how many are on it
    root        bytea,                                 -- of their hashes, as the record in the log has it
    record_id   uuid,                                  -- of the queue.arrivals record
    record_leaf bytea,
    chain       bytea            not null,             -- of the random network that the published rules name
    round       bigint,                                -- the public random value that gives the places; in the record, too
    drawn_at    timestamptz,
    signature   bytea,                                 -- of the round, verified
    called      int              not null,             -- places up to this one may enter
    ticked_at   timestamptz,                           -- when somebody last looked whether to call more
    taken_then  int              not null,             -- the stage's claims at that time
    claim_rate  double precision not null,             -- claims in a second, smoothed, as are the next two
    call_rate   double precision not null,
    slow_rate   double precision not null,             -- the calls again, as much later as people take to come
    carried     double precision not null,             -- less than one call that is still to be made
    constraint queues_pk primary key (brand_id, drop_id, stage_id),
    constraint queues_called_are_there check (called between 0 and arrivals),
    constraint queues_closed check ((closed_at is null) = (record_leaf is null) and (closed_at is null) = (record_id is null)
        and (closed_at is null) = (round is null) and (closed_at is null) = (listed is null) and (closed_at is null) = (root is null)),
    constraint queues_drawn check ((drawn_at is null) = (signature is null) and (drawn_at is null or closed_at is not null)),
    constraint queues_called_after_lot check (called = 0 or drawn_at is not null)
);
-- A list whose record was in no signed checkpoint before its round came: that record still stands in the log, and a later one counts.
create table queue_postponements (
    brand_id     uuid        not null,
    drop_id      uuid        not null,
    stage_id     uuid        not null,
    record_id    uuid        not null,
    round        bigint      not null,
    postponed_at timestamptz not null,
    constraint queue_postponements_once primary key (brand_id, drop_id, stage_id, round)
);
-- One person's line in it.
create table queue_arrivals (
    brand_id     uuid        not null,
    drop_id      uuid        not null,
    stage_id     uuid        not null,
    collector_id uuid        not null,
    person_key   bytea,                                -- one human behind several collectors, where that is checked
    salt         bytea,                                -- null: she was erased, and the line is nobody's
    arrival      bytea       not null,                 -- what stands in the list
    network      bytea,                                -- keyed hash of where she came from, while somebody may look for crowds
    arrived_at   timestamptz not null,
    place        int,                                  -- by lot for those of the list, in order of arrival behind them
    constraint queue_arrivals_once primary key (brand_id, drop_id, stage_id, collector_id),
    constraint queue_arrivals_place unique (brand_id, drop_id, stage_id, place)
);
create unique index queue_arrivals_person on queue_arrivals (brand_id, drop_id, stage_id, person_key) where person_key is not null;
-- How far the queue was called when: nobody was called out of order, and when somebody's turn began.
create table queue_calls (
    brand_id  uuid        not null,
    drop_id   uuid        not null,
    stage_id  uuid        not null,
    called_at timestamptz not null,
    turn_from timestamptz not null,                    -- from when their turn counts: what the drop paused in it comes on top
    up_to     int         not null,
    taken     int         not null,                    -- the stage's claims at that time
    constraint queue_calls_pk primary key (brand_id, drop_id, stage_id, up_to)
);
-- Somebody whose claims in this drop wait until a person has looked: nothing is granted before. It may be held before she claims.
create table claim_reviews (
    brand_id     uuid        not null,
    drop_id      uuid        not null,
    collector_id uuid        not null,
    reason       text        not null constraint claim_reviews_reason check (reason in ('young-account', 'crowded-network', 'sudden-crowd')),
    held_at      timestamptz not null,
    appeal       text,                                 -- what she says, in her own words
    appealed_at  timestamptz,
    decision     text        constraint claim_reviews_decision check (decision in ('released', 'refused')),
    decided_at   timestamptz,
    held_told_at    timestamptz,                       -- when it was written to her that somebody looks at what she claimed for nothing
    refused_told_at timestamptz,                       -- and that it was refused; what was paid for has its own mails
    person_key   bytea,                                -- of whom was refused: the same human comes in with no other account
    constraint claim_reviews_pk primary key (brand_id, drop_id, collector_id),
    constraint claim_reviews_decided check ((decision is null) = (decided_at is null))
);
create index claim_reviews_open on claim_reviews (brand_id, drop_id) where decision is null;
create index claim_reviews_refused_untold on claim_reviews (decided_at) where decision = 'refused' and refused_told_at is null;
-- A drop that is lived through with a crowd that does not exist: what was asked, how far some node is, and how it went.
create table drop_rehearsals (
    brand_id     uuid        not null,
    drop_id      uuid        not null,
    rehearsal_id uuid        not null,
    plan         text        not null,                 -- the draft as it was then
    crowd        text        not null,
    seed         bigint      not null,
    made_by_name text        not null,
    made_at      timestamptz not null,
    busy_until   timestamptz,                          -- a node is at it, and another one may be from then on
    far          int         not null,                 -- of a hundred
    outcome      text,
    ended_at     timestamptz,
    constraint drop_rehearsals_pk primary key (brand_id, drop_id, rehearsal_id),
    constraint drop_rehearsals_far check (far between 0 and 100),
    constraint drop_rehearsals_ended check ((outcome is null) = (ended_at is null))
);
create index drop_rehearsals_open on drop_rehearsals (brand_id, rehearsal_id) where ended_at is null;
