create table logs (
    log_id      uuid        not null,
    origin      text        not null,
    brand_id    uuid,                               -- whose records it takes, alone; null: the house's, which takes all others'
    size        bigint      not null,
    root        bytea       not null,
    edge        bytea       not null,               -- the right edge of the tree: what an append needs to know
    signed_size bigint      not null,               -- the newest signed head; heads in between stay unsigned
    signed_note text,
    signed_at   timestamptz,
    published_size bigint   not null default 0,      -- the head that everybody is shown: cosigned as the log's policy asks
    published_note text,
    published_at timestamptz,
    opened_at   timestamptz not null,
    predecessor_id uuid,                            -- the log from which this one goes on
    predecessor_seen bigint,                        -- null: that one is whole; else the largest size that was ever signed of it
    successor_id uuid,
    closed_at   timestamptz,
    closed_size bigint,                             -- nothing stands after this
    orphaned_at timestamptz,                        -- it was signed beyond what is here: it ended without a last record
    constraint logs_pk primary key (log_id),
    constraint logs_signed_within_size check (signed_size <= size),
    constraint logs_published_within_signed check (published_size <= signed_size),
    constraint logs_closed_whole check ((closed_at is null) = (closed_size is null) and (closed_at is null) = (successor_id is null)),
    constraint logs_nothing_after_the_end check (closed_size is null or size = closed_size)
);
-- A brand has one log, and what goes on from it.
create unique index logs_one_line_a_brand on logs (brand_id) where predecessor_id is null;
-- Who signs a log: its first key, then those that replaced it, each by a record in the log.
create table log_keys (
    log_id       uuid        not null,
    nth          int         not null,
    public_key   bytea       not null,
    record_id    uuid,                               -- its `key.rotated`; from the first head that contains it on, it signs
    overlap_days int,                                -- for how long the key before it signs as well
    both_from    timestamptz,                        -- when the first head with both signatures was signed
    added_at     timestamptz not null,
    constraint log_keys_pk primary key (log_id, nth),
    constraint log_keys_once unique (log_id, public_key),
    constraint log_keys_announced check ((nth = 1) = (record_id is null) and (nth = 1) = (overlap_days is null))
);
create table log_heads (
    log_id    uuid        not null,
    size      bigint      not null,
    root      bytea       not null,
    sealed_at timestamptz not null,
    signed_at timestamptz,
    note      text,                                  -- null: never signed, never served; with what witnesses there were
    constraint log_heads_pk primary key (log_id, size)
);
-- The outbox of the log: a record's bytes are final in the transaction that made it true.
create table log_pending (
    log_id         uuid        not null,
    record_id      uuid        not null,
    prev_record_id uuid,                             -- never sealed together with its predecessor
    rank           smallint not null,                -- 0: what others name (collectibles, rules), sealed before 1: pieces, arrivals
    entry          bytea       not null,
    leaf           bytea       not null,
    constraint log_pending_pk primary key (log_id, rank, record_id) -- in the order in which they are sealed
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
    ends    int[]  not null,                         -- where each entry ends: one is read without the others
    constraint log_bundles_pk primary key (log_id, bundle)
);
-- What each witness of a log said last: the size that it cosigned, and why it does not now.
create table log_witnesses (
    log_id        uuid        not null,
    vkey          text        not null,
    cosigned_size bigint      not null,
    cosigned_at   timestamptz,
    failing_since timestamptz,
    failure_code  text,
    failure       text,
    constraint log_witnesses_pk primary key (log_id, vkey),
    constraint log_witnesses_failure_named check ((failing_since is null) = (failure_code is null))
);
-- Signature lines of the newest heads, until they stand under a published note.
create table log_cosignatures (
    log_id uuid   not null,
    size   bigint not null,
    vkey   text   not null,
    line   text   not null,
    constraint log_cosignatures_pk primary key (log_id, size, vkey)
);
