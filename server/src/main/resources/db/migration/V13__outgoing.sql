-- Who wants to hear what happens to a brand's things.
create table webhooks (
    brand_id      uuid        not null,
    webhook_id    uuid        not null,
    url           text        not null,
    types         text[]      not null,
    keys_sealed   bytea       not null,                -- 32 bytes of secret (v1), 32 of an Ed25519 seed (v1a); encrypted
    made_at       timestamptz not null,
    old_keys_sealed bytea,                             -- after a change; messages carry their signatures too until then
    old_keys_until  timestamptz,
    slow_until    timestamptz,                         -- the receiver asked for a rest
    disabled_at   timestamptz,
    disabled_why  text,
    removed_at    timestamptz,
    constraint webhooks_pk primary key (brand_id, webhook_id)
);
-- What one of them still has to hear, or heard.
create table webhook_messages (
    brand_id     uuid        not null,
    webhook_id   uuid        not null,
    message_id   uuid        not null,                 -- the event's id: the same at every try and replay
    type         text        not null,
    body         text        not null,
    made_at      timestamptz not null,
    tries        int         not null default 0,
    next_try_at  timestamptz,                          -- null: nothing more is tried
    delivered_at timestamptz,
    given_up_at  timestamptz,
    constraint webhook_messages_pk primary key (brand_id, webhook_id, message_id)
);
create index webhook_messages_given_up on webhook_messages (brand_id, webhook_id) where given_up_at is not null;
create index webhook_messages_due on webhook_messages (next_try_at) where next_try_at is not null;
create table webhook_attempts (
    brand_id   uuid        not null,
    webhook_id uuid        not null,
    message_id uuid        not null,
    nth        int         not null,
    at         timestamptz not null,
    status     int,                                    -- null: no answer
    failure    text,
    took_ms    int         not null,
    constraint webhook_attempts_pk primary key (brand_id, webhook_id, message_id, nth)
);
create index webhook_attempts_newest on webhook_attempts (brand_id, webhook_id, at, message_id, nth);
