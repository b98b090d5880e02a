-- What a brand writes to those who hold its pieces. To whom is settled when it is begun; each is written to once, or it is said why not.
create table holder_messages (
    brand_id     uuid        not null,
    message_id   uuid        not null,
    about        text        not null constraint holder_messages_about check (about in ('series', 'collectible')),
    about_id     uuid        not null,
    subject_zh   text        not null,
    subject_en   text        not null,
    text_zh      text        not null,
    text_en      text        not null,
    made_by_name text        not null,
    made_at      timestamptz not null,
    begun_at     timestamptz,                          -- null: a draft
    ended_at     timestamptz,
    constraint holder_messages_pk primary key (brand_id, message_id)
);
create index holder_messages_open on holder_messages (brand_id, message_id) where begun_at is not null and ended_at is null;
create table holder_letters (
    brand_id     uuid        not null,
    message_id   uuid        not null,
    collector_id uuid        not null,
    outcome      text        constraint holder_letters_outcome check (outcome in ('written', 'left-out')),
    code         text,                                 -- why she was left out
    done_at      timestamptz,
    constraint holder_letters_once primary key (brand_id, message_id, collector_id),
    constraint holder_letters_of_message foreign key (brand_id, message_id) references holder_messages
);
create index holder_letters_open on holder_letters (brand_id, message_id) where outcome is null;
create index holder_letters_of_collector on holder_letters (brand_id, collector_id, done_at) where outcome = 'written';
