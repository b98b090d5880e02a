-- directory: the address a shop posts to.
create table shop_addresses (
    source   text not null,
    slug     text not null,
    brand_id uuid not null,
    shop_id  uuid not null,
    constraint shop_addresses_taken primary key (source, slug)
);
create table shops (
    brand_id      uuid        not null,
    shop_id       uuid        not null,
    source        text        not null,
    slug          text        not null,
    name          text        not null,
    currency      text        not null,
    receipt_days  int         not null default 7,      -- receipt = fulfilled + this, where the source says nothing of delivery
    secret_sealed bytea       not null,                -- the valid secrets with their ends, encrypted
    api_url       text,
    api_token_sealed bytea,
    last_delivery_at timestamptz,                      -- to the second
    longest_pause interval,                            -- between two of its deliveries, lately; null: it delivered once at most
    reconciled_until timestamptz,                      -- up to here (the shop's time) its own list of orders was read
    reconcile_next   timestamptz,                      -- due then; who reads it holds off the others meanwhile
    reconcile_cursor text,                             -- in the midst of a list: where it goes on
    reconcile_seen   timestamptz,                      -- in the midst of a list: the newest change that it showed so far
    reconcile_seen_before timestamptz,                -- the newest change that the last whole reading showed
    reconcile_failed text,                             -- why the last reading did not come to its end; null: it did
    closed_at     timestamptz,
    created_at    timestamptz not null,
    constraint shops_pk primary key (brand_id, shop_id),
    constraint shops_receipt_days check (receipt_days between 0 and 90)
);
-- Whose turn it is to fold this brand's deliveries: one node at a time, so that orders change in the order in which their
-- messages came and no two transactions wait for each other's orders.
create table fold_turns (
    brand_id uuid not null primary key
);
-- Every delivery that was acknowledged, for good. Nothing updates a row on the hot path.
create table deliveries (
    brand_id    uuid        not null,
    shop_id     uuid        not null,
    delivery_id text        not null,
    batch_id    uuid        not null,                  -- who came in one batch came at once
    received_at timestamptz not null,
    topic       text        not null,
    state       text        not null constraint deliveries_state check (state in ('readable', 'ignored', 'unreadable')),
    reason      text,
    order_key   text,
    constraint deliveries_never_twice primary key (brand_id, shop_id, delivery_id)
);
create index deliveries_newest on deliveries (brand_id, batch_id);
create index deliveries_of_order on deliveries (brand_id, shop_id, order_key) where order_key is not null;
-- What of them still has to be folded into its order, with the facts that it states. Rows come and go.
create table deliveries_waiting (
    brand_id    uuid not null,
    batch_id    uuid not null,
    shop_id     uuid not null,
    delivery_id text not null,
    received_at timestamptz not null,
    facts       text not null,                         -- JSON
    constraint deliveries_waiting_pk primary key (brand_id, batch_id, shop_id, delivery_id)
) with (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
create table delivery_bodies (
    brand_id    uuid  not null,
    shop_id     uuid  not null,
    delivery_id text  not null,
    body        bytea not null,                        -- compressed by us, then encrypted
    constraint delivery_bodies_pk primary key (brand_id, shop_id, delivery_id)
) with (toast_tuple_target = 8160);                    -- an ordinary body stays in its row; only a large one goes out in pieces
alter table delivery_bodies alter column body set storage external;
-- What was not let in, by hour. Under the nil brand: addresses that are no shop's.
create table refusals (
    brand_id  uuid        not null,
    shop_id   uuid        not null,
    hour      timestamptz not null,
    code      text        not null,
    times     bigint      not null,
    last_at   timestamptz not null,
    constraint refusals_pk primary key (brand_id, shop_id, hour, code)
);
create table orders (
    brand_id       uuid        not null,
    order_id       uuid        not null,
    shop_id        uuid        not null,
    order_key      text        not null,               -- the shop's own id
    number         text        not null,               -- what the buyer sees
    buyer_kind     text        constraint orders_buyer_kind check (buyer_kind in ('email', 'phone', 'shop-buyer')),
    buyer_key      bytea,
    contact_sealed bytea,                              -- where a gift can be announced; encrypted
    pickup_hash    bytea,                              -- keyed hash of number + last four digits
    currency       text        not null,
    first_batch_id uuid        not null,
    received_at    timestamptz not null,
    paid_at        timestamptz,
    receipt_at     timestamptz,                        -- delivered, or fulfilled + the shop's days
    cancelled_at   timestamptz,
    is_test        boolean     not null default false,
    lines          text        not null,               -- JSON: the lines as they stand
    facts          text        not null,               -- JSON: the merged facts that everything above is computed from
    version        int         not null,
    forgotten_at   timestamptz,                        -- its buyer had her account erased: no contact and no pick-up any more
    constraint orders_pk primary key (brand_id, order_id),
    constraint orders_once unique (brand_id, shop_id, order_key),
    constraint orders_buyer check ((buyer_key is null) = (buyer_kind is null))
) with (fillfactor = 85);
create index orders_of_buyer on orders (brand_id, buyer_key) where buyer_key is not null;
create index orders_by_number on orders (brand_id, number);
create index orders_forgotten on orders (brand_id, received_at) where forgotten_at is not null and buyer_key is not null;
-- Paid, and no message said when: the shop is asked, and until it has answered the order counts for nothing. Rows come and go.
create table payments_to_ask (
    brand_id    uuid        not null,
    shop_id     uuid        not null,
    order_key   text        not null,
    asked_since timestamptz not null,
    next_at     timestamptz not null,                  -- due then; who asks holds off the others meanwhile
    constraint payments_to_ask_pk primary key (brand_id, shop_id, order_key)
);
create index payments_to_ask_due on payments_to_ask (brand_id, next_at);
-- Work for campaigns: this order changed and has to be matched by this audience (its brand, or the house).
create table order_changes (
    brand_id       uuid        not null,               -- the audience, whose transaction takes it
    order_brand_id uuid        not null,
    order_id       uuid        not null,
    batch_id       uuid        not null,
    constraint order_changes_pk primary key (brand_id, order_brand_id, order_id)
) with (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);
create index order_changes_oldest on order_changes (brand_id, batch_id);
