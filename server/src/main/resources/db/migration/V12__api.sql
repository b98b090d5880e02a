-- directory: answers to JSON requests that came with an Idempotency-Key, kept for a day, by caller. Same key, same bytes again.
create table idempotency_keys (
    caller       text        not null,                 -- 'key:…' or 'collector:…'
    key          text        not null,
    request_hash bytea       not null,                 -- SHA-256 of method, path and body
    begun_at     timestamptz not null,
    status       int,                                  -- null: in flight
    content_type text,
    body         bytea,
    constraint idempotency_keys_pk primary key (caller, key)
);
create index idempotency_keys_old on idempotency_keys (begun_at);
