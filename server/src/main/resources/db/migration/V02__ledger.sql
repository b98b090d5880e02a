create table logs (
    log_id      uuid        not null,
    origin      text        not null,
    size        bigint      not null,
    root        bytea       not null,
    edge        bytea       not null,               -- the right edge of the tree: what an append needs to know
    signed_size bigint      not null,               -- the newest signed head; heads in between stay unsigned
    signed_note text,
    opened_at   timestamptz not null,
    closed_at   timestamptz,
    constraint logs_pk primary key (log_id),
    constraint logs_signed_within_size check (signed_size <= size)
);
create table log_heads (
    log_id    uuid        not null,
    size      bigint      not null,
    root      bytea       not null,
    sealed_at timestamptz not null,
    note      text,                                  -- null: never signed, never served
    constraint log_heads_pk primary key (log_id, size)
);
-- The outbox of the log: a record's bytes are final in the transaction that made it true.
create table log_pending (
    log_id         uuid        not null,
    record_id      uuid        not null,
    prev_record_id uuid,                             -- never sealed together with its predecessor
    rank           smallint not null,                -- 0: what others name (collectibles, rules), sealed before 1: pieces
    entry          bytea       not null,
    leaf           bytea       not null,
    constraint log_pending_pk primary key (log_id, record_id)
) with (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
create table log_records (
    log_id     uuid   not null,
    record_id  uuid   not null,
    leaf_index bigint not null,
    constraint log_records_sealed_once primary key (log_id, record_id)
);
create table log_tiles (
    log_id uuid   not null,
    level  int    not null,
    tile   bigint not null,
    width  int    not null,
    hashes bytea  not null,                          -- the widest so far; narrower partial tiles are its prefixes
    constraint log_tiles_pk primary key (log_id, level, tile)
);
create table log_bundles (
    log_id  uuid   not null,
    bundle  bigint not null,
    width   int    not null,
    entries bytea  not null,
    constraint log_bundles_pk primary key (log_id, bundle)
);
