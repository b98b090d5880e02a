-- That one human stands behind a collector, as a provider said who looked: a keyed hash of a key that names nobody, and the least age.
create table person_checks (
    collector_id uuid        not null,
    person_key   bytea       not null,                  -- the same for each account of this human
    age_least    int         not null,                  -- 0: not said
    asked_at     timestamptz not null,                  -- of the question that was answered: an older one, or this again, is refused
    confirmed_at timestamptz not null,
    constraint person_checks_pk primary key (collector_id),
    constraint person_checks_key check (length(person_key) = 16),
    constraint person_checks_age check (age_least between 0 and 120)
);
