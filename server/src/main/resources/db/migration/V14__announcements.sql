-- What a shopper is told of her gift, noted in the transaction that changed it and written once, afterwards.
create table announcements (
    brand_id       uuid        not null,
    entitlement_id uuid        not null,
    state          text        not null,
    noted_at       timestamptz not null,
    done_at        timestamptz,
    constraint announcements_told_once primary key (brand_id, entitlement_id, state)
);
create index announcements_waiting on announcements (noted_at) where done_at is null;
