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
    shared_on      date,                               -- the day its owner first passed it on; not where to, nor who looked
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
-- Staff go through those who hold a brand's pieces, one by one; the pieces themselves are given without it.
create index collector_pieces_of_brand on collector_pieces (brand_id, collector_id);
-- What a piece is good for besides itself, once: goods that are sent, or a perk. Published with what gives the piece, and never changed.
create table promises (
    brand_id   uuid        not null,
    promise_id uuid        not null,
    kind       text        not null constraint promises_kind check (kind in ('goods', 'perk')),
    name_zh    text        not null,
    name_en    text        not null,
    text_zh    text        not null,                   -- how it is redeemed; '': nothing to say
    text_en    text        not null,
    until      timestamptz,                            -- null: as long as the piece lives
    made_at    timestamptz not null,
    constraint promises_pk primary key (brand_id, promise_id)
);
-- Which piece brings it, whoever holds it. It goes when the piece goes back.
create table piece_promises (
    brand_id       uuid not null,
    collectible_id uuid not null,
    serial         int  not null,
    promise_id     uuid not null,
    constraint piece_promises_one primary key (brand_id, collectible_id, serial),
    constraint piece_promises_of_a_piece foreign key (brand_id, collectible_id, serial)
        references pieces (brand_id, collectible_id, serial),
    constraint piece_promises_of_a_promise foreign key (brand_id, promise_id) references promises (brand_id, promise_id)
);
-- That it was taken. Once, whatever becomes of the piece.
create table redemptions (
    brand_id       uuid        not null,
    collectible_id uuid        not null,
    serial         int         not null,
    promise_id     uuid        not null,
    redemption_id  uuid        not null,
    collector_id   uuid        not null,               -- who held it then
    redeemed_at    timestamptz not null,
    constraint redemptions_once primary key (brand_id, collectible_id, serial, promise_id),
    constraint redemptions_id unique (brand_id, redemption_id)
);
create index redemptions_by_time on redemptions (brand_id, redeemed_at);
