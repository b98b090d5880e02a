create table collectors (
    collector_id  uuid        not null primary key,
    secret_sealed bytea,                               -- 32 random bytes, encrypted: the root of every piece's key; null: erased
    created_at    timestamptz not null,
    claimed_at    timestamptz,                         -- null: made from an order, nobody signed in yet
    joined_into   uuid,                                -- this was the same person as …; always a root, never a chain
    handle        text,
    display_name  text,
    language      text        not null default 'zh',
    contact_sealed bytea,
    public_since  timestamptz,                         -- she opened her showroom to everyone; null: it is hers alone
    closed_at     timestamptz,                         -- she closed it; signing in opens it again, until it is erased
    erasing_at    timestamptz,                         -- erasing has begun: nobody signs in any more, and it goes to its end
    erased_at     timestamptz,
    constraint collectors_erased_without_secret check ((erased_at is null) = (secret_sealed is not null)),
    constraint collectors_erased_without_name check (erased_at is null
        or (handle is null and display_name is null and contact_sealed is null and public_since is null))
);
create index collectors_closed on collectors (closed_at) where closed_at is not null and erased_at is null;
create index collectors_erasing on collectors (erasing_at) where erasing_at is not null and erased_at is null;
create index collectors_joined on collectors (joined_into) where joined_into is not null;
-- directory: which keyed hash (of a verified e-mail, a phone, a shop's buyer id) is which collector. Never points at one that
-- was joined into another.
create table buyer_keys (
    buyer_key    bytea       not null primary key,
    kind         text        not null constraint buyer_keys_kind check (kind in ('email', 'phone', 'shop-buyer')),
    collector_id uuid        not null,
    added_at     timestamptz not null,
    proven_at    timestamptz                           -- somebody signed in by this address; null: it came of an order, or along with a gift
);
create index buyer_keys_of_collector on buyer_keys (collector_id);
-- directory: a public name belongs to one collector.
create table handles (
    handle       text        not null primary key,
    collector_id uuid        not null,
    taken_at     timestamptz not null
);
-- directory: one sign-in that was asked for. The link's token and the code are kept as hashes; both are good once, for 15 minutes.
create table sign_ins (
    sign_in_id   uuid        not null primary key,
    token_hash   bytea       not null constraint sign_ins_token_once unique,
    code_hash    bytea       not null,
    address_key  bytea       not null,                 -- the buyer key of the address that it was sent to
    kind         text        not null constraint sign_ins_kind check (kind in ('email', 'phone')),
    address_sealed bytea     not null,
    language     text        not null,
    back_to      text        not null,
    proven       uuid[]      not null,                 -- unclaimed collectors that the asking browser had proven: they are joined
    made_at      timestamptz not null,
    good_until   timestamptz not null,
    tries        int         not null default 0,       -- wrong codes so far
    used_at      timestamptz,
    constraint sign_ins_tries check (tries between 0 and 5)
);
create index sign_ins_old on sign_ins (good_until);
-- directory: how often something was tried in a window of time: by an address, by a network. Keys are keyed hashes.
create table attempt_counts (
    subject      bytea       not null,
    window_start timestamptz not null,
    attempts     int         not null,
    constraint attempt_counts_pk primary key (subject, window_start)
);
-- directory: what a gift's address opens. The token itself is never kept.
create table gift_links (
    token_hash     bytea       not null primary key,
    brand_id       uuid        not null,
    entitlement_id uuid        not null,
    collector_id   uuid        not null,
    made_at        timestamptz not null,
    good_until     timestamptz,
    withdrawn_at   timestamptz
);
-- directory: people who work here. The address is found by its keyed hash and read by its seal.
create table staff (
    staff_id       uuid        not null primary key,
    name           text        not null,
    address_key    bytea       not null constraint staff_address_once unique,
    address_sealed bytea       not null,
    language       text        not null default 'zh',
    added_at       timestamptz not null
);
-- directory: a one-time link for the first operator, printed on the console.
create table staff_invitations (
    token_hash bytea       not null primary key,
    made_at    timestamptz not null,
    good_until timestamptz not null,
    used_at    timestamptz
);
-- Who may act for this brand, as what, until when; the house's rows are the operators'.
create table memberships (
    brand_id      uuid        not null,
    membership_id uuid        not null,
    staff_id      uuid        not null,
    role          text        not null constraint memberships_role check (role in ('operator', 'team', 'agency')),
    rights        text[],                              -- what an agency may, one by one; null: everything that its role may
    given_by      uuid,                                -- null: the installation itself
    given_at      timestamptz not null,
    good_until    timestamptz,                         -- an agency's access always ends
    ended_at      timestamptz,
    constraint memberships_pk primary key (brand_id, membership_id),
    constraint memberships_agency_rights check ((role = 'agency') = (rights is not null)),
    constraint memberships_agency_ends check (role <> 'agency' or good_until is not null)
);
create unique index memberships_one_open on memberships (brand_id, staff_id) where ended_at is null;
create table api_keys (
    brand_id     uuid        not null,
    api_key_id   uuid        not null,
    name         text        not null,
    scopes       text[]      not null,
    made_by      uuid,
    made_at      timestamptz not null,
    last_used_on date,
    revoked_at   timestamptz,
    constraint api_keys_pk primary key (brand_id, api_key_id)
);
-- directory: which hash is which brand's key.
create table api_key_hashes (
    key_hash   bytea not null primary key,
    brand_id   uuid  not null,
    api_key_id uuid  not null
);
-- What staff did. Rows are added and never changed.
create table audit_log (
    brand_id uuid        not null,
    audit_id uuid        not null,
    at       timestamptz not null,
    actor    text        not null,                     -- 'staff:…', 'key:…', 'installation'
    actor_name text      not null,
    act      text        not null,
    subject  text        not null,
    detail   jsonb       not null default '{}',
    constraint audit_log_pk primary key (brand_id, audit_id)
);
-- directory: mail and text messages, to be carried once what they tell of is true. Encrypted; emptied when carried.
create table messages (
    message_id     uuid        not null primary key,
    kind           text        not null constraint messages_kind check (kind in ('email', 'phone')),
    address_sealed bytea,
    subject_sealed bytea,
    text_sealed    bytea,
    unsubscribe_sealed bytea,                          -- where one press ends mails of this kind; null: it has to reach her
    written_at     timestamptz not null,
    next_try_at    timestamptz not null,
    tries          int         not null default 0,
    carried_at     timestamptz,
    given_up_at    timestamptz,
    failure        text                                -- why the last try was in vain; holds nothing personal
);
create index messages_given_up on messages (given_up_at) where given_up_at is not null;
create index messages_waiting on messages (next_try_at) where carried_at is null and given_up_at is null;
-- What she answered about mails of a kind; what has to reach her has no kind. Who was never asked has no row.
create table news_answers (
    collector_id uuid        not null,
    topic        text        not null constraint news_answers_topic check (topic in ('gift-progress', 'friends', 'followed', 'holders')),
    answer       text        not null constraint news_answers_answer check (answer in ('yes', 'no')),
    answered_at  timestamptz not null,
    constraint news_answers_pk primary key (collector_id, topic)
);
-- directory: what somebody who cannot read her mail signs in with; each is good once. The code itself is never kept.
create table recovery_codes (
    code_hash    bytea       not null primary key,
    collector_id uuid        not null,
    made_at      timestamptz not null,
    used_at      timestamptz
);
create index recovery_codes_of_collector on recovery_codes (collector_id);
