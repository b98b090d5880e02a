-- Published rules: a version is a row with a hash in the log; nothing updates it.
create table rules_versions (
    brand_id     uuid        not null,
    rules_id     uuid        not null,                 -- what the rules are for: a campaign, later a drop or a draw
    version      int         not null,
    document     bytea       not null,                 -- canonical JSON (RFC 8785)
    hash         bytea       not null,                 -- SHA-256 of the document
    record_id    uuid        not null,                 -- of its `rules.published` in the log
    leaf         bytea       not null,                 -- that record's leaf hash: how the records of pieces name these rules
    published_at timestamptz not null,
    constraint rules_versions_pk primary key (brand_id, rules_id, version)
);
-- The same rules in the logs of single brands whose collectibles they give: a record names entries of its own log only.
create table rules_elsewhere (
    brand_id     uuid        not null,
    rules_id     uuid        not null,
    version      int         not null,
    log_brand_id uuid        not null,                 -- whose log it is
    record_id    uuid        not null,
    leaf         bytea       not null,
    constraint rules_elsewhere_pk primary key (brand_id, rules_id, version, log_brand_id),
    constraint rules_elsewhere_of_version foreign key (brand_id, rules_id, version) references rules_versions
);
