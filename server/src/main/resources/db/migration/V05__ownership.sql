create table pieces (
    brand_id       uuid        not null,
    collectible_id uuid        not null,
    serial         int         not null,
    state          text        not null constraint pieces_state check (state in ('owned', 'returned', 'retired')),
    owner_id       uuid,                               -- the collector; her secret makes the piece's key
    moves          int         not null,               -- how often it changed hands: the n of the key derivation
    last_leaf      bytea       not null,               -- leaf hash of its last record: the `prev` of the next
    last_record_id uuid        not null,
    rules_hash     bytea,
    gift_policy    text        not null,               -- came with the grant, enforced at each transfer
    granted_at     timestamptz not null,
    opened_at      timestamptz,
    constraint pieces_serial_once primary key (brand_id, collectible_id, serial),
    constraint pieces_one_owner check ((state = 'owned') = (owner_id is not null))
);
create table piece_records (
    brand_id       uuid        not null,
    collectible_id uuid        not null,
    serial         int         not null,
    nth            int         not null,
    kind           text        not null,
    record_id      uuid        not null,
    owner_id       uuid,
    happened_at    timestamptz not null,
    constraint piece_records_pk primary key (brand_id, collectible_id, serial, nth)
);
-- A projection of the above by collector, fed by events; it can be rebuilt at any time.
create table collector_pieces (
    collector_id   uuid        not null,
    brand_id       uuid        not null,
    collectible_id uuid        not null,
    serial         int         not null,
    got_at         timestamptz not null,
    constraint collector_pieces_pk primary key (collector_id, brand_id, collectible_id, serial)
);
