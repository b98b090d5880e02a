-- What words lead to: pieces of names and texts (pairs of Chinese characters, threes of letters), beside what they name.
create table findables (
    brand_id   uuid   not null,
    kind       text   not null constraint findables_kind check (kind in ('brand', 'creator', 'series', 'collectible')),
    subject_id uuid   not null,
    slug       text   not null,
    name_zh    text   not null,
    name_en    text   not null,
    grams      text[] not null,
    constraint findables_pk primary key (brand_id, kind, subject_id)
);
create index findables_by_words on findables using gin (grams);
create index collectibles_of_creator on collectibles (creator_brand, creator_id) where published_at is not null;
create index collectibles_of_series on collectibles (brand_id, series_id) where published_at is not null;
-- Whom a collector wants to hear of. A brand is its own subject.
create table follows (
    collector_id uuid        not null,
    kind         text        not null constraint follows_kind check (kind in ('brand', 'creator', 'series')),
    brand_id     uuid        not null,
    subject_id   uuid        not null,
    followed_at  timestamptz not null,
    constraint follows_once primary key (collector_id, kind, subject_id)
);
create index follows_of_subject on follows (kind, subject_id);
-- How staff arranged a shelf: the house its brands, creators and museum, a brand its own works. What is not here stands behind.
create table shelf_places (
    brand_id         uuid        not null,               -- whose shelf
    shelf            text        not null constraint shelf_places_shelf check (shelf in ('brands', 'creators', 'museum', 'works')),
    subject_id       uuid        not null,
    subject_brand_id uuid        not null,
    position         int         not null,
    hidden_at        timestamptz,
    arranged_at      timestamptz not null,
    constraint shelf_places_pk primary key (brand_id, shelf, subject_id)
);
-- What the orders of a shop told of its goods; the newest word stands.
create table goods (
    brand_id  uuid        not null,
    shop_id   uuid        not null,
    product   text        not null,
    sku       text        not null,
    title     text        not null,
    category  text        not null,
    vendor    text        not null,
    sold_at   timestamptz not null,
    constraint goods_pk primary key (brand_id, shop_id, product, sku)
);
create index goods_by_sku on goods (brand_id, shop_id, lower(sku));
-- A shop's product feed: where it is read, and what came of the last reading.
create table shop_feeds (
    brand_id    uuid        not null,
    shop_id     uuid        not null,
    url         text,                                  -- null: only files that staff send
    next_at     timestamptz,                           -- due then; who reads it holds off the others meanwhile; null: never
    asked_at    timestamptz,                           -- when somebody asked for a reading that has not come to its end yet
    etag        text,
    modified    text,
    whole_at    timestamptz,                           -- last read to its end, or found unchanged
    items       int         not null,
    refused     int         not null,                  -- rows of the last reading that were not taken
    failed      text,                                  -- why the last reading took nothing; null: it did
    failed_line int         not null,
    failed_at   timestamptz,
    constraint shop_feeds_pk primary key (brand_id, shop_id)
);
-- What the feed says: replaced as a whole by the next one that is whole.
create table feed_goods (
    brand_id     uuid        not null,
    shop_id      uuid        not null,
    item         text        not null,                 -- the feed's own id
    position     int         not null,                 -- in the feed's order
    product      text        not null,                 -- as the shop's orders call it, as far as the feed says
    sku          text        not null,                 -- the same; empty: the feed does not say
    is_variant   boolean     not null,
    title        text        not null,
    types        text[]      not null,                 -- its kinds in small letters
    maker        text        not null,                 -- in small letters
    category     text        not null,                 -- the one of types that orders of this shop use; empty: none
    vendor       text        not null,                 -- the same of the maker
    price        bigint      not null,                 -- minor units
    sale_price   bigint,
    sale_from    timestamptz,
    sale_until   timestamptz,
    currency     text        not null,
    availability text        not null constraint feed_goods_availability check (availability in ('in-stock', 'out-of-stock', 'preorder', 'backorder')),
    link         text        not null,
    picture      text,                                 -- where the shop has it; ours is in goods_pictures
    constraint feed_goods_pk primary key (brand_id, shop_id, item)
);
create index feed_goods_by_position on feed_goods (brand_id, position);
create index feed_goods_by_sku on feed_goods (brand_id, lower(sku));
create index feed_goods_by_product on feed_goods (brand_id, lower(product));
-- Rows of the last reading that were not taken, the first hundred.
create table feed_refusals (
    brand_id uuid not null,
    shop_id  uuid not null,
    nth      int  not null,
    line     int  not null,
    item     text not null,
    code     text not null,
    got      text not null,
    constraint feed_refusals_pk primary key (brand_id, shop_id, nth)
);
-- Pictures of goods that pages show, fetched by us and looked at again by the day.
create table goods_pictures (
    brand_id uuid        not null,
    shop_id  uuid        not null,
    url      text        not null,
    sha256   bytea,                                    -- in media; null: never fetched
    etag     text,                                     -- of that one, as the shop told it
    modified text,
    refused  text,                                     -- why the last try brought none
    next_at  timestamptz not null,                     -- when it may be looked at again; who does holds off the others meanwhile
    constraint goods_pictures_pk primary key (brand_id, shop_id, url)
);
-- Where a shop shows one of its goods: an address with {product} or {sku} in it.
create table shop_fronts (
    brand_id    uuid not null,
    shop_id     uuid not null,
    goods_url   text not null,
    constraint shop_fronts_pk primary key (brand_id, shop_id)
);
-- Works hung around one motif: of many brands under the house, or chosen by a creator who is host.
create table exhibitions (
    brand_id      uuid        not null,
    exhibition_id uuid        not null,
    slug          text        not null,
    name_zh       text        not null,
    name_en       text        not null,
    motif_zh      text        not null default '',
    motif_en      text        not null default '',
    about_zh      text        not null default '',
    about_en      text        not null default '',
    wall          text        not null default 'plain',
    host_brand_id uuid,                                  -- the creator who is host; null: it has none
    host_id       uuid,
    campaign_id   uuid,                                  -- of the same brand; null: it is only to be looked at
    from_at       timestamptz not null,
    until_at      timestamptz not null,
    created_at    timestamptz not null,
    opened_at     timestamptz,                           -- null: a draft
    changes       int         not null,                  -- how often staff changed it: a calendar that knows an earlier one takes the later
    constraint exhibitions_pk primary key (brand_id, exhibition_id),
    constraint exhibitions_window check (from_at < until_at),
    constraint exhibitions_host_whole check ((host_brand_id is null) = (host_id is null))
);
create index exhibitions_of_host on exhibitions (host_brand_id, host_id) where opened_at is not null;
create table exhibition_works (
    brand_id             uuid not null,
    exhibition_id        uuid not null,
    collectible_id       uuid not null,
    collectible_brand_id uuid not null,
    position             int  not null,
    said_zh              text not null default '',       -- what the host, or the brand, says of it
    said_en              text not null default '',
    shares               int  not null default 0,
    constraint exhibition_works_pk primary key (brand_id, exhibition_id, collectible_id),
    constraint exhibition_works_of_exhibition foreign key (brand_id, exhibition_id) references exhibitions
);
-- A word and, maybe, a sound at a point of a collectible's model.
create table hotspots (
    brand_id       uuid  not null,
    collectible_id uuid  not null,
    position       int   not null,
    at_point       text  not null,                       -- "x y z" in metres, as the model has it
    facing         text  not null,                       -- the way the surface looks there
    said_zh        text  not null,
    said_en        text  not null,
    sound          bytea,                                -- hash of a file of the media library
    constraint hotspots_pk primary key (brand_id, collectible_id, position)
);
-- Who asks the house to be shown here. The address is sealed, and found by its keyed hash.
create table applications (
    brand_id       uuid        not null,                 -- the house
    application_id uuid        not null,
    kind           text        not null constraint applications_kind check (kind in ('brand', 'creator')),
    name_zh        text        not null,
    name_en        text        not null,
    website        text        not null,
    words          text        not null,
    person         text        not null,
    address_key    bytea       not null,
    address_sealed bytea       not null,
    language       text        not null,
    made_at        timestamptz not null,
    doubtful       boolean     not null,                 -- it came with the field filled in that people do not see
    state          text        not null constraint applications_state check (state in ('open', 'invited', 'declined')),
    answered_at    timestamptz,
    answered_by    text,
    constraint applications_pk primary key (brand_id, application_id),
    constraint applications_answered check ((state = 'open') = (answered_at is null))
);
create unique index applications_one_open on applications (brand_id, address_key, kind, doubtful) where state = 'open';
create index applications_newest on applications (brand_id, state, application_id);
