create table collectors (
    collector_id  uuid        not null primary key,
    secret_sealed bytea       not null,                -- 32 random bytes, encrypted: the root of every piece's key; deleting it erases the person
    created_at    timestamptz not null,
    claimed_at    timestamptz,                         -- null: made from an order, nobody signed in yet
    joined_into   uuid,                                -- this was the same person as …
    handle        text,
    display_name  text,
    language      text        not null default 'zh',
    contact_sealed bytea
);
-- directory: which keyed hash (of a verified e-mail, a phone, a shop's buyer id) is which collector.
create table buyer_keys (
    buyer_key    bytea       not null primary key,
    kind         text        not null constraint buyer_keys_kind check (kind in ('email', 'phone', 'shop-buyer')),
    collector_id uuid        not null,
    added_at     timestamptz not null
);
