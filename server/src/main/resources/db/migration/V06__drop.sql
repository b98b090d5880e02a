-- The row that counts. supply = available + held + granted + withheld + retired, in every committed state.
create table stock (
    brand_id       uuid not null,
    collectible_id uuid not null,
    supply         int,                                -- null: open; then available is null too
    available      int,
    held           int  not null,
    granted        int  not null,
    withheld       int  not null,
    retired        int  not null,
    last_serial    int  not null,                      -- serials 1..last_serial were given at least once, or lie in returned_serials
    constraint stock_pk primary key (brand_id, collectible_id),
    constraint stock_never_one_too_many check (supply is null and available is null
        or supply = available + held + granted + withheld + retired),
    constraint stock_no_negative check (coalesce(available, 0) >= 0 and held >= 0 and granted >= 0 and withheld >= 0 and retired >= 0),
    constraint stock_serial_within_supply check (last_serial <= coalesce(supply, last_serial))
);
-- Units of a brand's stock that one staff act gave to a campaign of the house. They count as held in the brand's stock.
create table allotments (
    brand_id       uuid        not null,               -- the house
    collectible_id uuid        not null,
    stock_brand_id uuid        not null,
    units          int         not null,
    held           int         not null,
    granted        int         not null,
    constraint allotments_pk primary key (brand_id, collectible_id),
    constraint allotments_within_units check (held >= 0 and granted >= 0 and held + granted <= units)
);
-- The brand's side of an allotment: how many of its units it gave to the house in all.
create table allotted (
    brand_id       uuid not null,
    collectible_id uuid not null,
    units          int  not null,
    constraint allotted_pk primary key (brand_id, collectible_id)
);
-- Serials that came back: the first to be given again. And those that nobody had yet of a collectible whose pieces are chosen one by one.
create table returned_serials (
    brand_id       uuid        not null,
    collectible_id uuid        not null,
    serial         int         not null,
    returned_at    timestamptz,                        -- null: it was never given, and lies here to be chosen
    held_by        uuid,                               -- the claim that holds this very number
    constraint returned_serials_pk primary key (brand_id, collectible_id, serial)
);
create table awards (
    brand_id       uuid        not null,
    offer_id       uuid        not null,
    reason         text        not null,
    collectible_id uuid        not null,
    serial         int         not null,
    awarded_at     timestamptz not null,
    constraint awards_never_twice primary key (brand_id, offer_id, reason)
);
