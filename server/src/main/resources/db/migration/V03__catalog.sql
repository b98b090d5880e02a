-- directory: brands and the house (the operator), and which address leads to what.
create table brands (
    brand_id   uuid        not null primary key,
    kind       text        not null constraint brands_kind check (kind in ('house', 'brand')),
    slug       text        not null constraint brands_slug_once unique,
    name_zh    text        not null,
    name_en    text        not null,
    about_zh   text        not null default '',
    about_en   text        not null default '',
    wall       text        not null default 'plain',
    created_at timestamptz not null
);
-- directory: a public address (a collectible's or a campaign's) belongs to one thing for ever.
create table addresses (
    kind     text not null,
    slug     text not null,
    brand_id uuid not null,
    id       uuid not null,
    constraint addresses_taken primary key (kind, slug)
);
create table creators (
    brand_id   uuid    not null,
    creator_id uuid    not null,
    slug       text    not null,
    name_zh    text    not null,
    name_en    text    not null,
    about_zh   text    not null default '',
    about_en   text    not null default '',
    is_virtual boolean not null default false,
    constraint creators_pk primary key (brand_id, creator_id)
);
create table series (
    brand_id  uuid not null,
    series_id uuid not null,
    slug      text not null,
    name_zh   text not null,
    name_en   text not null,
    constraint series_pk primary key (brand_id, series_id)
);
create table collectibles (
    brand_id        uuid        not null,
    collectible_id  uuid        not null,
    slug            text        not null,
    series_id       uuid,
    creator_brand   uuid,
    creator_id      uuid,
    issuer_kind     text        not null constraint collectibles_issuer_kind check (issuer_kind in ('brand', 'creator', 'rights-holder', 'house')),
    name_zh         text        not null,
    name_en         text        not null,
    matter_zh       text        not null default '',
    matter_en       text        not null default '',
    about_zh        text        not null default '',
    about_en        text        not null default '',
    alt_zh          text        not null default '',
    alt_en          text        not null default '',
    year            int         not null,
    wall            text        not null default 'plain',
    licence_zh      text        not null default '',
    licence_en      text        not null default '',
    supply          int         constraint collectibles_supply_positive check (supply > 0),   -- null: open
    withheld        int         not null default 0 constraint collectibles_withheld_within_supply check (withheld between 0 and coalesce(supply, 0)),
    traits          jsonb       not null default '[]',
    created_at      timestamptz not null,
    published_at    timestamptz,
    manifest_leaf   bytea,                             -- leaf hash of the `collectible.published` record
    manifest_record uuid,
    last_leaf       bytea,                             -- of its newest record: publication, amendment, lowered supply
    last_record     uuid,
    revised_at      timestamptz,                       -- by the database's clock: other nodes read it anew
    constraint collectibles_pk primary key (brand_id, collectible_id),
    constraint collectibles_published_with_manifest check ((published_at is null) = (manifest_leaf is null))
);
create index collectibles_revised on collectibles (revised_at) where revised_at is not null;
-- What was changed of a published collectible, for everybody to read.
create table collectible_revisions (
    brand_id       uuid        not null,
    collectible_id uuid        not null,
    nth            int         not null,
    kind           text        not null constraint collectible_revisions_kind check (kind in ('amended', 'lowered')),
    why_zh         text        not null,
    why_en         text        not null,
    changes        text        not null,               -- JSON: field, before and after
    record         uuid,                               -- in the log; null: nothing that the manifest says
    revised_at     timestamptz not null,
    constraint collectible_revisions_pk primary key (brand_id, collectible_id, nth),
    constraint collectible_revisions_of_collectible foreign key (brand_id, collectible_id) references collectibles
);
-- directory: media by content. The bytes are what their hash says, whoever uploaded them.
create table media (
    sha256     bytea       not null primary key,
    type       text        not null,
    bytes      bigint      not null,
    width      int,
    height     int,
    added_at   timestamptz not null
);
-- directory
create table media_contents (
    sha256  bytea not null,
    variant text  not null,                            -- 'original', 'w320', 'w640', 'w1024'
    type    text  not null,
    content bytea not null,
    constraint media_contents_pk primary key (sha256, variant)
);
alter table media_contents alter column content set storage external;
create table collectible_media (
    brand_id       uuid  not null,
    collectible_id uuid  not null,
    role           text  not null constraint collectible_media_role check (role in ('image', 'model', 'video', 'sound', 'pieces')),
    position       int   not null,
    sha256         bytea not null,
    constraint collectible_media_pk primary key (brand_id, collectible_id, role, position),
    constraint collectible_media_of_collectible foreign key (brand_id, collectible_id) references collectibles
);
-- What is heard in a film (WebVTT) or a sound (text). Neither language: nothing is spoken in it; no row: nobody has said so yet.
create table media_words (
    brand_id       uuid  not null,
    collectible_id uuid  not null,
    sha256         bytea not null,
    zh             text,
    en             text,
    constraint media_words_pk primary key (brand_id, collectible_id, sha256),
    constraint media_words_of_collectible foreign key (brand_id, collectible_id) references collectibles
);
-- What each piece is by itself, where all differ: what the table among the collectible's files says.
create table unique_pieces (
    brand_id       uuid  not null,
    collectible_id uuid  not null,
    serial         int   not null,
    name_zh        text  not null,
    name_en        text  not null,
    traits         text  not null,                     -- JSON, as in collectibles
    picture        bytea,                              -- in media; null: the collectible's own
    constraint unique_pieces_pk primary key (brand_id, collectible_id, serial),
    constraint unique_pieces_of_collectible foreign key (brand_id, collectible_id) references collectibles
);
