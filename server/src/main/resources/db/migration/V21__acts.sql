-- What staff do to many rows at once. It is prepared first, so that they see whom it meets, then begun; a worker takes its rows one by
-- one, each in a transaction with its deed.
create table bulk_acts (
    brand_id     uuid        not null,
    act_id       uuid        not null,
    kind         text        not null constraint bulk_acts_kind check (kind in ('read-again', 'withdraw', 'put-back', 'retire', 'mail-again', 'let-go', 'refuse')),
    reason       text        not null default '',      -- a code; which one may be given depends on the kind
    undoes       uuid,                                 -- the act whose rows this one puts back
    made_by      text        not null,                 -- as in the audit log
    made_by_name text        not null,
    made_at      timestamptz not null,
    rows_all     int         not null,
    begun_at     timestamptz,                          -- null: prepared, and nothing was done
    ended_at     timestamptz,
    constraint bulk_acts_pk primary key (brand_id, act_id)
);
create index bulk_acts_open on bulk_acts (brand_id, act_id) where begun_at is not null and ended_at is null;
create table bulk_rows (
    brand_id uuid        not null,
    act_id   uuid        not null,
    nth      int         not null,
    subject  text        not null,                     -- the row's key
    name     text        not null,                     -- how staff call it
    outcome  text        constraint bulk_rows_outcome check (outcome in ('done', 'refused', 'failed')),
    code     text,                                     -- why it was refused
    done_at  timestamptz,
    constraint bulk_rows_pk primary key (brand_id, act_id, nth),
    constraint bulk_rows_of_act foreign key (brand_id, act_id) references bulk_acts
);
create index bulk_rows_open on bulk_rows (brand_id, act_id, nth) where outcome is null;
