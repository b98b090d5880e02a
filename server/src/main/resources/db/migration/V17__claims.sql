-- A release. Published, its rules are a version in the log; what is left to do is to pause it and to end it.
create table drops (
    brand_id    uuid        not null,
    drop_id     uuid        not null,
    slug        text        not null,
    name_zh     text        not null,
    name_en     text        not null,
    about_zh    text        not null,
    about_en    text        not null,
    state       text        not null constraint drops_state check (state in ('draft', 'published', 'paused', 'ended')),
    draft       text        not null,                  -- the plan as JSON; what is published stands in rules_versions
    rules_leaf  bytea,                                 -- of the record that published its rules
    paused_zh   text,
    paused_en   text,
    paused_at   timestamptz,                           -- when it was paused last
    created_at  timestamptz not null,
    told_end_at timestamptz,                           -- when the event of its end was written
    constraint drops_pk primary key (brand_id, drop_id),
    constraint drops_published_has_rules check ((state = 'draft') = (rules_leaf is null))
);
-- Whom proceeds go to where it is not the brand. Written with the first publication that names it, and never changed.
create table causes (
    brand_id uuid        not null,
    cause_id uuid        not null,
    name_zh  text        not null,
    name_en  text        not null,
    link     text        not null,                     -- its own page; '': none
    made_at  timestamptz not null,
    constraint causes_pk primary key (brand_id, cause_id),
    constraint causes_named_once unique (brand_id, name_zh, name_en, link)
);
-- A window of it. Written at publication and never changed, but for the count and what was told of it.
create table drop_stages (
    brand_id       uuid        not null,
    drop_id        uuid        not null,
    stage_id       uuid        not null,
    nth            int         not null,
    name_zh        text        not null,
    name_en        text        not null,
    collectible_id uuid        not null,
    opens_at       timestamptz not null,
    closes_at      timestamptz not null,
    cap            int,                                -- null: what the stock has
    taken          int         not null,               -- its claims, held or confirmed
    limit_each     int         not null,
    entry          text        not null constraint drop_stages_entry check (entry in ('everyone', 'list', 'holders', 'followers', 'members', 'code')),
    entry_id       uuid,                               -- of the collectible or the creator
    hold_seconds   int,                                -- null: a claim is a piece at once; else it has a price, save in a simulated world
    price          bigint,                             -- minor units; null: free
    currency       text,
    cause_id       uuid,                               -- whom the proceeds go to; null: the brand
    promise_id     uuid,                               -- what a piece of it brings besides; null: nothing
    gift_policy    text        not null,
    chosen         boolean     not null,               -- whoever claims says which number
    one_person     boolean     not null,               -- whether limits are a human's, across his accounts
    mode           text        not null constraint drop_stages_mode check (mode in ('race', 'queue', 'window')),
    sold_out_at    timestamptz,                        -- when it had given its last: for good, whatever comes back to the stock
    told_sold_out_at timestamptz,                      -- when the event of it was written
    constraint drop_stages_pk primary key (brand_id, drop_id, stage_id),
    constraint drop_stages_once unique (brand_id, stage_id), -- what looks for holds by stage leans on it
    constraint drop_stages_within_cap check (taken >= 0 and taken <= coalesce(cap, taken)),
    constraint drop_stages_window check (opens_at < closes_at),
    constraint drop_stages_limit check (limit_each between 1 and 100),
    constraint drop_stages_cause foreign key (brand_id, cause_id) references causes (brand_id, cause_id),
    constraint drop_stages_promise foreign key (brand_id, promise_id) references promises (brand_id, promise_id),
    constraint drop_stages_cause_is_paid check (cause_id is null or price is not null),
    constraint drop_stages_priced check (
        (price is null) = (currency is null) and (price is null or price > 0 and hold_seconds is not null))
);
-- Who may enter a stage that has a list, by the keyed hash of an address.
create table drop_guests (
    brand_id   uuid  not null,
    drop_id    uuid  not null,
    stage_id   uuid  not null,
    buyer_hash bytea not null,
    brought_by uuid  not null,                         -- the file that named him first, and the last one that did
    named_by   uuid  not null,
    constraint drop_guests_once primary key (brand_id, drop_id, stage_id, buyer_hash)
);
-- A file of people for a stage's list. It is read whole or not at all; a second act says whether they come to the list or are it.
create table guest_files (
    brand_id  uuid        not null,
    file_id   uuid        not null,
    drop_id   uuid        not null,
    stage_id  uuid        not null,
    lines     int         not null,
    people    int         not null,                    -- lines that name somebody, each once
    upto      int         not null,                    -- its lines up to this one are on the list
    there     int         not null,                    -- who stood on it before
    removed   int         not null,                    -- who stood on it before and is not in the file that replaced it
    replaces  boolean     not null,
    read_at   timestamptz not null,
    begun_at  timestamptz,
    done_at   timestamptz,
    constraint guest_files_pk primary key (brand_id, file_id),
    constraint guest_files_within_lines check (upto between 0 and lines and people between 0 and lines),
    constraint guest_files_in_order check (begun_at is not null or done_at is null and upto = 0)
);
create index guest_files_of_a_stage on guest_files (brand_id, drop_id, stage_id);
create index guest_files_running on guest_files (brand_id, begun_at) where begun_at is not null and done_at is null;
-- One at a time comes to a list, so that what replaces it removes nobody who is just being added.
create unique index guest_files_one_at_a_time on guest_files (brand_id, drop_id, stage_id) where begun_at is not null and done_at is null;
-- A line of it: of whom it names nothing stays but the keyed hash.
create table guest_lines (
    brand_id   uuid  not null,
    file_id    uuid  not null,
    line       int   not null,
    problem    text  constraint guest_lines_problem check (problem in ('unreadable', 'unknown', 'twice')),
    buyer_hash bytea,
    constraint guest_lines_pk primary key (brand_id, file_id, line),
    constraint guest_lines_once unique (brand_id, file_id, buyer_hash),
    constraint guest_lines_names_somebody check ((problem is null) = (buyer_hash is not null))
);
-- One person's takings, while they count: a hold that ended makes room for another. The nth is chosen under the drop's lock.
create table claims (
    brand_id       uuid        not null,
    drop_id        uuid        not null,
    collector_id   uuid        not null,
    nth            int         not null,
    claim_id       uuid        not null,
    stage_id       uuid        not null,
    claim_key      bytea       not null,
    person_key     bytea,                              -- one human behind several collectors, where that is checked
    person_nth     int,
    collectible_id uuid        not null,
    serial         int,                                -- null: held, and not confirmed yet
    claimed_at     timestamptz not null,
    hold_until     timestamptz,
    close_at       timestamptz,                        -- its time is over: when the gateways are asked next to end its payments
    granted_at     timestamptz,                        -- null: the piece is still to be granted
    code_hash      bytea,                              -- of the code that it used up
    unit           int,                                -- the number that was chosen; while it is held nobody else can
    constraint claims_limit primary key (brand_id, drop_id, collector_id, nth),
    constraint claims_key_once unique (brand_id, drop_id, collector_id, claim_key),
    constraint claims_closing_was_held check (close_at is null or hold_until is not null),
    constraint claims_held_or_numbered check ((serial is null) = (hold_until is not null)),
    constraint claims_granted_has_serial check (granted_at is null or serial is not null),
    constraint claims_person_nth check ((person_key is null) = (person_nth is null))
);
-- Only of those whose person is known: else a planner that knows nothing of the table yet may look up a collector in it, and read all
-- that the drop has given for each claim.
create unique index claims_person_limit on claims (brand_id, drop_id, person_key, person_nth) where person_key is not null;
create unique index claims_serial_once on claims (brand_id, collectible_id, serial) where granted_at is null;
-- Money names the claim that it is for, and not the drop.
create index claims_held on claims (brand_id, claim_id) where hold_until is not null;
create index claims_closing on claims (brand_id, close_at) where close_at is not null;
create index claims_holds on claims (brand_id, stage_id, hold_until) where hold_until is not null;
-- What was paid for, once each.
create table sales (
    brand_id     uuid        not null,
    claim_id     uuid        not null,
    drop_id      uuid        not null,
    stage_id     uuid        not null,
    collector_id uuid        not null,
    payment_id   uuid        not null,
    collectible_id uuid      not null,
    serial       int         not null,
    amount       bigint      not null,
    currency     text        not null,
    sold_at      timestamptz not null,
    held_told_at timestamptz,                          -- when she was told that somebody looks at it first
    told_at      timestamptz,                          -- when the mail about it was written, if she can be written to
    constraint sales_once primary key (brand_id, claim_id),
    constraint sales_one_payment unique (brand_id, payment_id)
);
create index sales_of_a_collector on sales (brand_id, collector_id);
create index sales_of_a_drop on sales (brand_id, drop_id);
create index sales_to_tell on sales (brand_id, sold_at) where told_at is null;
-- Who gave up withdrawing, before she paid: the sentence beside the box that she ticked. It counts once a mail
-- server has taken the mail that confirms it.
create table waivers (
    brand_id     uuid        not null,
    claim_id     uuid        not null,
    said         text        not null,
    waived_at    timestamptz not null,
    mail_id      uuid,                                 -- the mail that confirms it, once that is written
    confirmed_at timestamptz,
    constraint waivers_once primary key (brand_id, claim_id)
);
create index waivers_to_confirm on waivers (waived_at) where mail_id is not null and confirmed_at is null;
-- A sale that was undone: the piece came back, and all of the money goes back.
create table sale_returns (
    brand_id    uuid        not null,
    claim_id    uuid        not null,
    why         text        not null constraint sale_returns_why check (why in ('withdrawn', 'refused', 'returned', 'disputed')),
    -- What was left to give back: less than the price where part of it went back before, for goodwill.
    refund_id   uuid,
    amount      bigint      not null constraint sale_returns_amount check (amount >= 0 and (amount = 0) = (refund_id is null)),
    disputed    bigint      not null,                  -- what her bank had taken back from us then
    followed    bigint      not null,                  -- what of it the bank returned, and went back to her after all
    returned_at timestamptz not null,
    told_at     timestamptz,                           -- when the mail about it was written, where no refund has one of its own
    constraint sale_returns_once primary key (brand_id, claim_id),
    constraint sale_returns_of_a_sale foreign key (brand_id, claim_id) references sales (brand_id, claim_id),
    constraint sale_returns_followed check (followed between 0 and disputed)
);
create index sale_returns_to_tell on sale_returns (brand_id, returned_at) where why = 'withdrawn' and refund_id is null and told_at is null;
create index sale_returns_waiting on sale_returns (brand_id, claim_id) where disputed > followed;
-- Holds that ended, so that a late answer is the right one.
create table claims_ended (
    brand_id     uuid        not null,
    drop_id      uuid        not null,
    collector_id uuid        not null,
    claim_key    bytea       not null,
    claim_id     uuid        not null,
    stage_id     uuid        not null,
    claimed_at   timestamptz not null,
    ended_at     timestamptz not null,
    constraint claims_ended_once primary key (brand_id, drop_id, collector_id, claim_key)
);
create index claims_ended_by_claim on claims_ended (brand_id, claim_id);
-- Codes that staff made at one time, for one stage. They follow from the batch and a key, so their sheet can be printed again.
create table drop_code_batches (
    brand_id uuid        not null,
    drop_id  uuid        not null,
    batch_id uuid        not null,
    stage_id uuid        not null,
    codes    int         not null,
    uses     int         not null,                     -- how often each may be used
    made_at  timestamptz not null,
    constraint drop_code_batches_pk primary key (brand_id, drop_id, batch_id)
);
-- A code by its hash, and how often it was used. It is written under the stage's lock, with the claim that uses it.
create table drop_codes (
    brand_id  uuid  not null,
    drop_id   uuid  not null,
    stage_id  uuid  not null,
    code_hash bytea not null,
    batch_id  uuid  not null,
    uses      int   not null,
    used      int   not null,
    constraint drop_codes_once primary key (brand_id, drop_id, stage_id, code_hash),
    constraint drop_codes_within_uses check (used between 0 and uses)
);
-- One act of staff that gives a piece to each line of a file. Its units are set aside when it begins.
create table airdrops (
    brand_id       uuid        not null,
    airdrop_id     uuid        not null,
    collectible_id uuid        not null,
    gift_policy    text        not null,
    mails          boolean     not null,               -- whether those with an address are told
    lines          int         not null,
    people         int         not null,               -- lines that get a piece
    given          int         not null,
    made_at        timestamptz not null,
    begun_at       timestamptz,
    done_at        timestamptz,
    constraint airdrops_pk primary key (brand_id, airdrop_id),
    constraint airdrops_within_people check (given between 0 and people),
    constraint airdrops_in_order check (begun_at is not null or done_at is null)
);
create index airdrops_running on airdrops (brand_id, airdrop_id) where begun_at is not null and done_at is null;
-- A line of its file. Never twice for one address: the hash is kept, the address sealed until its mail is written.
create table airdrop_lines (
    brand_id       uuid        not null,
    airdrop_id     uuid        not null,
    line           int         not null,
    gift_id        uuid        not null,               -- what its gift link opens
    problem        text        constraint airdrop_lines_problem check (problem in ('unreadable', 'unknown', 'twice')),
    buyer_kind     text,
    buyer_hash     bytea,
    address_sealed bytea,
    collector_id   uuid,                               -- of a public name, or whoever got it
    serial         int,
    given_at       timestamptz,
    constraint airdrop_lines_pk primary key (brand_id, airdrop_id, line),
    constraint airdrop_lines_gift unique (brand_id, gift_id),
    constraint airdrop_lines_once unique (brand_id, airdrop_id, buyer_hash),
    constraint airdrop_lines_given check ((serial is null) = (given_at is null) and (problem is null or serial is null))
);
-- Whether somebody has a piece of this airdrop already, under another address.
create index airdrop_lines_who on airdrop_lines (brand_id, airdrop_id, collector_id) where serial is not null;
-- Of those who are named by a public name and have none yet, for whoever erases her account.
create index airdrop_lines_named on airdrop_lines (brand_id, airdrop_id, collector_id)
    where problem is null and serial is null and collector_id is not null;
create index airdrop_lines_left on airdrop_lines (brand_id, airdrop_id, line) where problem is null and serial is null;
-- Who wants to hear that a stage opens, or that a unit of it is free again; or, of one that sold out, would take a piece that comes back,
-- which is given by hand.
create table drop_waiting (
    brand_id     uuid        not null,
    drop_id      uuid        not null,
    stage_id     uuid        not null,
    collector_id uuid        not null,
    about        text        not null constraint drop_waiting_about check (about in ('opening', 'free', 'returned')),
    asked_at     timestamptz not null,
    told_at      timestamptz,
    entry        bytea,                                -- random: what names her in a file for an airdrop
    constraint drop_waiting_entry check ((about = 'returned') = (entry is not null)),
    constraint drop_waiting_once primary key (brand_id, drop_id, stage_id, collector_id, about)
);
create index drop_waiting_untold on drop_waiting (brand_id, asked_at) where told_at is null and about <> 'returned';
create index drop_waiting_by_entry on drop_waiting (brand_id, entry) where entry is not null;
