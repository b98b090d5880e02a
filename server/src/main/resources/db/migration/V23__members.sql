-- Whom a brand calls its members, by the keyed hash of an address: the address itself is never kept.
create table brand_members (
    brand_id   uuid        not null,
    buyer_hash bytea       not null,
    added_at   timestamptz not null,
    constraint brand_members_once primary key (brand_id, buyer_hash)
);
