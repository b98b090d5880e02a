-- What became of a redemption: a perk that is handed over, goods that are sent. The address is sealed, and forgotten once it is no
-- longer needed.
create table fulfilments (
    brand_id       uuid        not null,
    redemption_id  uuid        not null,
    collectible_id uuid        not null,
    serial         int         not null,
    promise_id     uuid        not null,
    collector_id   uuid        not null,
    receipt        text        not null,               -- what its holder shows, and the staff look up
    goods          boolean     not null,
    address_sealed bytea,                              -- of goods; null: forgotten
    addressed_at   timestamptz,                        -- when she said last where it goes
    asked_at       timestamptz not null,
    exported_at    timestamptz,                        -- when its address was taken home last
    shipped_at     timestamptz,
    carrier        text,                               -- with tracking; null: not shipped, or forgotten with the address
    tracking       text,
    replaced       text[],                             -- each carrier with its number that it had before; null: none, or forgotten
    corrected_at   timestamptz,                        -- when another number took the place of one that she had been told
    told_at        timestamptz,                        -- when she was told that it is on its way, by the number as it is now
    done_at        timestamptz,                        -- handed over, or delivered
    constraint fulfilments_pk primary key (brand_id, redemption_id),
    constraint fulfilments_receipt unique (brand_id, receipt),
    constraint fulfilments_of_a_redemption foreign key (brand_id, redemption_id) references redemptions (brand_id, redemption_id),
    constraint fulfilments_addressed check (address_sealed is null or addressed_at is not null),
    constraint fulfilments_goods_are_sent check (goods or shipped_at is null and address_sealed is null),
    constraint fulfilments_shipped check ((carrier is null) = (tracking is null) and (shipped_at is not null or tracking is null)),
    constraint fulfilments_replaced check (replaced is null or tracking is not null),
    constraint fulfilments_in_order check (not goods or shipped_at is not null or done_at is null)
);
create index fulfilments_by_time on fulfilments (brand_id, asked_at);
create index fulfilments_to_ship on fulfilments (brand_id) where goods and shipped_at is null;
create index fulfilments_to_tell on fulfilments (brand_id, shipped_at) where shipped_at is not null and told_at is null;
create index fulfilments_to_forget on fulfilments (brand_id, shipped_at) where address_sealed is not null or tracking is not null;
create index fulfilments_not_sent on fulfilments (brand_id, addressed_at) where address_sealed is not null and shipped_at is null;
