-- Families (docs/schema.md): a table's first key column says who owns it: brand_id, collector_id, log_id, or it is a directory.

-- directory: how far the demo's business time is ahead of real time; a production installation keeps 0.
create table business_clock (
    name           text   not null primary key,
    offset_seconds bigint not null
);

-- directory: when the demo's time was moved, by real time: what the log wrote with the real clock is told in the demo's time.
create table business_clock_moves (
    name           text        not null,
    moved_at       timestamptz not null,
    offset_seconds bigint      not null,
    constraint business_clock_moves_pk primary key (name, moved_at)
);

-- directory: which keys this database has been served with, so that a node with other keys is refused instead of sealing with them.
create table key_fingerprints (
    name        text        not null primary key,
    fingerprint bytea       not null,
    seen_at     timestamptz not null
);

-- Events of a brand. A transaction that changes something writes into the outbox; one sequencer a brand then numbers
-- them 1, 2, 3 … in `events`, so a reader with a cursor can neither miss nor see one twice.
create table events_outbox (
    brand_id    uuid        not null,
    event_id    uuid        not null,
    type        text        not null,
    subject     text        not null,
    body        jsonb       not null,
    happened_at timestamptz not null,
    constraint events_outbox_pk primary key (brand_id, event_id)
) with (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
create table event_heads (
    brand_id uuid   not null,
    last_seq bigint not null,
    constraint event_heads_pk primary key (brand_id)
);
create table events (
    brand_id    uuid        not null,
    seq         bigint      not null,
    event_id    uuid        not null,
    type        text        not null,
    subject     text        not null,
    body        jsonb       not null,
    happened_at timestamptz not null,
    constraint events_pk primary key (brand_id, seq)
);
create table event_cursors (
    brand_id uuid   not null,
    consumer text   not null,
    seq      bigint not null,
    constraint event_cursors_pk primary key (brand_id, consumer)
);
