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
    secret_sealed bytea       not null,
    api_url       text,
    api_token_sealed bytea,
    reconciled_until timestamptz,
    created_at    timestamptz not null,
    constraint shops_pk primary key (brand_id, shop_id)
);
create table deliveries (
    brand_id    uuid        not null,
    shop_id     uuid        not null,
    delivery_id text        not null,
    batch_id    uuid        not null,                  -- who came in one batch came at once
    received_at timestamptz not null,
    topic       text        not null,
    state       text        not null constraint deliveries_state check (state in ('received', 'folded', 'ignored', 'unreadable')),
    reason      text,
    order_key   text,
    facts       jsonb,
    constraint deliveries_never_twice primary key (brand_id, shop_id, delivery_id)
);
create index deliveries_waiting on deliveries (brand_id, batch_id) where state = 'received';
create table delivery_bodies (
    brand_id    uuid  not null,
    shop_id     uuid  not null,
    delivery_id text  not null,
    body        bytea not null,                        -- compressed by us, then encrypted
    constraint delivery_bodies_pk primary key (brand_id, shop_id, delivery_id)
);
alter table delivery_bodies alter column body set storage external;
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
    facts          jsonb       not null,               -- the merged facts that everything above is computed from
    version        int         not null,
    constraint orders_pk primary key (brand_id, order_id),
    constraint orders_once unique (brand_id, shop_id, order_key)
);
-- Work for campaigns: this order changed and has to be matched by this audience (its brand, or the house).
create table order_changes (
    brand_id       uuid        not null,               -- the audience, whose transaction takes it
    order_brand_id uuid        not null,
    order_id       uuid        not null,
    batch_id       uuid        not null,
    constraint order_changes_pk primary key (brand_id, order_brand_id, order_id)
);
