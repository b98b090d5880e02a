-- A way in with a key that her device keeps; the device proves it anew each time, and never shows it.
create table passkeys (
    collector_id     uuid        not null,
    credential_id    bytea       not null,
    name             text        not null,
    public_key       bytea       not null,              -- as the device gave it (WebAuthn's attested credential data)
    signature_count  bigint      not null,              -- one that goes backwards is a copy of the device's key
    backup_eligible  boolean     not null,
    made_at          timestamptz not null,
    last_used_at     timestamptz,
    constraint passkeys_pk primary key (collector_id, credential_id),
    constraint passkeys_name check (length(name) between 1 and 60)
);
-- directory: whose passkey this is. One device's key is one person's.
create table passkey_ids (
    credential_id bytea not null primary key,
    collector_id  uuid  not null
);
-- Up to when a follower was told what is new: at most one mail a day.
create table follow_mails (
    collector_id uuid        not null primary key,
    told_until   timestamptz not null
);
