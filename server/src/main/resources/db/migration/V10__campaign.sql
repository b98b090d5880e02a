create table campaigns (
    brand_id      uuid        not null,               -- a brand, or the house
    campaign_id   uuid        not null,
    slug          text        not null,
    name_zh       text        not null,
    name_en       text        not null,
    about_zh      text        not null default '',
    about_en      text        not null default '',
    from_at       timestamptz,                        -- the published window; null while there is none
    until_at      timestamptz,
    state         text        not null constraint campaigns_state check (state in ('draft', 'published', 'paused', 'ended')),
    draft         text        not null,               -- JSON that staff edit; published rules are rows of rules_versions
    version       int         not null default 0,     -- the newest published version, 0: none
    looked_back   int         not null default 0,     -- the version for which earlier orders were looked at again
    created_at    timestamptz not null,
    ended_at      timestamptz,
    constraint campaigns_pk primary key (brand_id, campaign_id),
    constraint campaigns_window check (from_at < until_at),
    constraint campaigns_published_has_window check (version = 0 or (from_at is not null and until_at is not null))
);
create index campaigns_by_window on campaigns (brand_id, until_at) where version > 0;
create index campaigns_to_look_back on campaigns (brand_id, campaign_id) where looked_back < version;
-- While it pauses a campaign says so, and what is paid meanwhile earns nothing in it.
create table campaign_pauses (
    brand_id    uuid        not null,
    campaign_id uuid        not null,
    from_at     timestamptz not null,
    until_at    timestamptz,                          -- null: it pauses still
    message_zh  text        not null,
    message_en  text        not null,
    constraint campaign_pauses_pk primary key (brand_id, campaign_id, from_at),
    constraint campaign_pauses_of_campaign foreign key (brand_id, campaign_id) references campaigns
);
create table offers (
    brand_id             uuid not null,
    offer_id             uuid not null,
    campaign_id          uuid not null,
    collectible_brand_id uuid not null,
    collectible_id       uuid not null,
    pieces_max           int,                          -- how many this offer may give in all; null: as many as the stock has
    pieces_taken         int  not null default 0,      -- pending + ripe + granted
    constraint offers_pk primary key (brand_id, offer_id),
    constraint offers_within_max check (pieces_taken between 0 and coalesce(pieces_max, pieces_taken))
);
create index offers_of_collectible on offers (brand_id, collectible_id);
-- The lock of one collector's way through one offer: taken first, and only then, in a new statement, her orders are summed.
create table progress (
    brand_id     uuid        not null,
    offer_id     uuid        not null,
    collector_id uuid        not null,
    counted      bigint      not null,                 -- the sum, where the offer sums: minor units, or units of goods
    pieces       int         not null,                 -- how many pieces she has or will have from it
    changed_at   timestamptz not null,
    constraint progress_pk primary key (brand_id, offer_id, collector_id)
);
-- What the newest look at this order said, with its numbers: shown to the shopper line by line. Earlier ones are kept below.
create table verdicts (
    brand_id       uuid        not null,
    offer_id       uuid        not null,
    order_brand_id uuid        not null,
    order_id       uuid        not null,
    collector_id   uuid        not null,
    bought_as      uuid        not null,               -- under which id of hers it counted first; a join does not change it
    order_name     text        not null,               -- shop and the shop's own id: the root of its reasons
    order_version  int         not null,               -- of the order as it was judged: an older one never overwrites it
    rules_version  int         not null,
    code           text        not null,               -- campaign.counted, campaign.short-of-tier, …
    counted        bigint      not null,
    numbers        text        not null,               -- JSON: got, want, …
    lines          text        not null,               -- JSON: what each line brings, or why nothing
    batch_id       uuid        not null,
    received_at    timestamptz not null,
    paid_at        timestamptz,
    receipt_at     timestamptz,
    judged_at      timestamptz not null,
    constraint verdicts_pk primary key (brand_id, offer_id, order_brand_id, order_id)
);
create index verdicts_of_collector on verdicts (brand_id, collector_id, offer_id);
create table verdict_history (
    brand_id       uuid        not null,
    offer_id       uuid        not null,
    order_brand_id uuid        not null,
    order_id       uuid        not null,
    judged_at      timestamptz not null,
    nth            int         not null,
    rules_version  int         not null,
    code           text        not null,
    counted        bigint      not null,
    numbers        text        not null,
    lines          text        not null,
    constraint verdict_history_pk primary key (brand_id, offer_id, order_brand_id, order_id, nth)
);
-- A right to one piece. It changes only under the lock of its
-- stock row (of its allotment, in a campaign of the house), so whoever holds that lock sees it as it is.
create table entitlements (
    brand_id             uuid        not null,
    entitlement_id       uuid        not null,
    offer_id             uuid        not null,
    collector_id         uuid        not null,
    reason               text        not null,         -- the order (or the buyer) and which of its pieces: one reason, one grant
    order_brand_id       uuid        not null,
    order_id             uuid        not null,         -- the order that earned it, or completed the sum
    collectible_brand_id uuid        not null,
    collectible_id       uuid        not null,
    state                text        not null constraint entitlements_state
        check (state in ('waiting', 'pending', 'ripe', 'granted', 'lapsed', 'revoked', 'kept')),
    holds_unit           boolean     not null,         -- one unit of stock is held for it
    paid_at              timestamptz not null,         -- the order of the waiting list
    due_at               timestamptz,                  -- receipt + waiting time; null until there is a receipt
    serial               int,
    changed_at           timestamptz not null,
    changed_why          text,
    award_begun_at       timestamptz,                  -- house campaigns: the stock's brand may have awarded it already
    taking_back          text,                         -- house campaigns: why the stock's brand is asked to take it back
    constraint entitlements_pk primary key (brand_id, entitlement_id),
    constraint entitlements_never_twice unique (brand_id, offer_id, reason),
    constraint entitlements_promise_is_held check (holds_unit = (state in ('pending', 'ripe'))),
    constraint entitlements_granted_has_serial check (state not in ('granted', 'revoked', 'kept') or serial is not null)
);
create index entitlements_due on entitlements (brand_id, due_at) where state = 'pending';
create index entitlements_ripe on entitlements (brand_id, entitlement_id) where state = 'ripe';
create index entitlements_waiting on entitlements (brand_id, offer_id, paid_at, entitlement_id) where state = 'waiting';
create index entitlements_taking_back on entitlements (brand_id, entitlement_id) where taking_back is not null;
create index entitlements_of_collector on entitlements (brand_id, collector_id, offer_id);
create index entitlements_of_order on entitlements (brand_id, order_brand_id, order_id);

-- The stock brand's side of a piece that a campaign of the house takes back: done once, whatever crashes in between.
create table house_returns (
    brand_id   uuid        not null,                   -- the stock's brand
    offer_id   uuid        not null,
    reason     text        not null,
    outcome    text        not null constraint house_returns_outcome check (outcome in ('revoked', 'kept')),
    decided_at timestamptz not null,
    constraint house_returns_once primary key (brand_id, offer_id, reason)
);
-- Orders to be looked at again for a reason of ours: a new version of the rules, a piece that came back.
create table orders_to_judge (
    brand_id       uuid not null,                      -- the audience
    order_brand_id uuid not null,
    order_id       uuid not null,
    constraint orders_to_judge_pk primary key (brand_id, order_brand_id, order_id)
);
-- Under whose ids a batch wrote something for the first time, left in its own commit: were they joined into another meanwhile?
create table joins_to_check (
    brand_id   uuid   not null,                        -- the audience
    batch_id   uuid   not null,
    collectors uuid[] not null,
    constraint joins_to_check_pk primary key (brand_id, batch_id)
);
-- Orders that could not be judged, and why: seen by staff, out of the way of the others.
create table orders_aside (
    brand_id       uuid        not null,               -- the audience
    order_brand_id uuid        not null,
    order_id       uuid        not null,
    error          text        not null,
    aside_at       timestamptz not null,
    constraint orders_aside_pk primary key (brand_id, order_brand_id, order_id)
);
