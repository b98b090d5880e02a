-- One try of somebody to pay for one thing (its purpose: a claim). Its number at the gateway is its own id, without dashes.
create table payments (
    brand_id      uuid        not null,
    payment_id    uuid        not null,
    purpose       uuid        not null,
    attempt       int         not null,                -- a second try of the same purpose pays for the same thing
    payer         uuid        not null,                -- whose money it is, as the module above names her
    way           text        not null,
    amount        bigint      not null,                -- minor units
    currency      text        not null,
    title         text        not null,                -- as the gateway was told
    cause         uuid,                                -- whom the proceeds go to, where it is not the brand
    state         text        not null constraint payments_state check (state in ('started', 'open', 'paid', 'closed', 'failed')),
    gateway_id    text,                                -- what the gateway calls it
    shown         text,                                -- what its payer was given to go on with: address, code, secret
    why           text,                                -- the gateway's code, where it failed
    late          boolean     not null,                -- the money came after it was closed or had failed
    refunded      bigint      not null,                -- what was given back, or is on its way back
    disputed      bigint      not null,                -- what her bank took back from us, and did not return
    -- Where the gateway speaks of another sum than was asked for: that sum. Once it is booked, the sum that was asked for.
    other_amount  bigint,
    other_currency text,
    deadline      timestamptz not null,
    started_at    timestamptz not null,
    opened_at     timestamptz,
    paid_at       timestamptz,
    ended_at      timestamptz,
    close_wanted_at timestamptz,                       -- it need not be paid any more
    taken_up_at   timestamptz,                         -- when the module above made of it what it was for
    ask_at        timestamptz,                         -- when the gateway is asked about it; null: nothing is unknown
    asked         int         not null,
    constraint payments_pk primary key (brand_id, payment_id),
    constraint payments_attempt_once unique (brand_id, purpose, attempt),
    constraint payments_amount check (amount > 0),
    constraint payments_refunded_within check (refunded between 0 and amount),
    constraint payments_paid_has_time check ((state = 'paid') = (paid_at is not null)),
    constraint payments_paid_is_known check (state <> 'paid' or gateway_id is not null),
    constraint payments_refunded_was_paid check (refunded = 0 or state = 'paid'),
    constraint payments_taken_up_was_paid check (taken_up_at is null or state = 'paid'),
    constraint payments_other_sum check ((other_amount is null) = (other_currency is null))
);
create index payments_to_take_up on payments (brand_id, paid_at, payment_id) where paid_at is not null and taken_up_at is null;
create index payments_of_payer on payments (payer);
create index payments_of_gateway on payments (gateway_id) where gateway_id is not null;
create index payments_of_another_sum on payments (brand_id, started_at) where other_amount is not null;
create index payments_ask_due on payments (ask_at) where ask_at is not null;
-- What the gateways told us, by their own ids: never settled twice. Nothing of the payer is kept.
create table payment_notices (
    brand_id    uuid        not null,
    gateway     text        not null,
    notice_id   text        not null,
    payment_id  uuid        not null,
    says        text        not null,
    outcome     text        not null,
    received_at timestamptz not null,
    constraint payment_notices_once primary key (brand_id, gateway, notice_id)
);
create index payment_notices_of on payment_notices (brand_id, payment_id, received_at);
-- Money on its way back. Its number at the gateway is its id, so that asking twice gives back once.
create table refunds (
    brand_id   uuid        not null,
    refund_id  uuid        not null,
    payment_id uuid        not null,
    amount     bigint      not null,
    currency   text        not null,
    reason     text        not null,
    wish       text        not null,                   -- which wish it is: the same one again is this refund
    state      text        not null constraint refunds_state check (state in ('wanted', 'asked', 'again', 'done', 'failed')),
    by_hand    boolean     not null,                   -- it was given back by people, at the gateway's own pages
    gateway_id text,
    why        text,
    wanted_at  timestamptz not null,
    done_at    timestamptz,
    billed_at  timestamptz,                            -- of what is done: by which its gateway's bill dates it, maybe a day before
    try_at     timestamptz,
    tries      int         not null,
    renumbered int         not null,                   -- how often the gateway had used its number up, and it got another
    told_at    timestamptz,                            -- when whoever paid was told of it
    constraint refunds_pk primary key (brand_id, refund_id),
    constraint refunds_once_a_wish unique (brand_id, payment_id, wish),
    constraint refunds_amount check (amount > 0),
    constraint refunds_of_a_payment foreign key (brand_id, payment_id) references payments (brand_id, payment_id)
);
create index refunds_to_tell on refunds (brand_id, wanted_at) where told_at is null;
create index refunds_refused on refunds (brand_id) where state = 'failed';
create index refunds_to_try on refunds (try_at) where try_at is not null;
-- The money journal. A line takes from one account what it puts into another, so no sum of all accounts can be other than zero;
-- nothing updates or deletes a line. One entry an event: the payment, the refund owed, the refund paid out, the gateway's fee, and so on.
create table money_journal (
    brand_id   uuid        not null,
    kind       text        not null constraint money_journal_kind check (kind in ('payment', 'refund-owed', 'refund-paid', 'fee', 'fee-back',
        'refund-failed', 'dispute-taken', 'dispute-returned', 'dispute-lost', 'dispute-regained', 'dispute-fee', 'dispute-fee-returned')),
    about      uuid        not null,                   -- the payment, the refund or the dispute
    line       int         not null,                   -- of a refund: which of its numbers it went by
    debit      text        not null,
    credit     text        not null,
    amount     bigint      not null,
    currency   text        not null,
    payment_id uuid        not null,
    booked_at  timestamptz not null,
    constraint money_journal_once primary key (brand_id, kind, about, line),
    constraint money_journal_positive check (amount > 0),
    constraint money_journal_two_accounts check (debit <> credit)
);
create index money_journal_by_time on money_journal (brand_id, booked_at);
create index money_journal_of_payment on money_journal (brand_id, payment_id);
-- A buyer's bank took her money back from us, or asks about it: what the gateway says of it.
create table disputes (
    brand_id    uuid        not null,
    dispute_id  uuid        not null,
    payment_id  uuid        not null,
    gateway_id  text        not null,
    amount      bigint      not null constraint disputes_amount check (amount > 0),
    currency    text        not null,
    reason      text        not null,                  -- the gateway's code
    state       text        not null constraint disputes_state check (state in ('open', 'review', 'won', 'lost', 'closed')),
    opened_at   timestamptz not null,
    due_by      timestamptz,                           -- until when the gateway takes an answer
    taken_at    timestamptz,                           -- the money was taken from us
    returned_at timestamptz,                           -- and came back
    said_at     timestamptz not null,                  -- of the newest thing that the gateway said: what it said before changes no state
    constraint disputes_pk primary key (brand_id, dispute_id),
    constraint disputes_once unique (brand_id, gateway_id),
    constraint disputes_returned_was_taken check (returned_at is null or taken_at is not null),
    constraint disputes_of_a_payment foreign key (brand_id, payment_id) references payments (brand_id, payment_id)
);
create index disputes_of on disputes (brand_id, payment_id);
-- A day of a gateway's bill, held against the journal.
create table reconciliations (
    gateway    text        not null,
    day        date        not null,
    lines      int         not null,                   -- of the gateway's bill
    agreed     int         not null,
    others     int         not null,                   -- lines besides, of other shops that share the account
    checked_at timestamptz not null,
    rounds     int         not null,                   -- how often since its bill was written: with what is not booked yet some times
    constraint reconciliations_pk primary key (gateway, day)
);
create table reconciliation_differences (
    gateway    text        not null,
    day        date        not null,
    nth        int         not null,
    reason     text        not null,
    about      text        not null,                   -- the number on the bill, or ours
    brand_id   uuid,                                   -- null: nobody's here
    ours       bigint,
    theirs     bigint,
    currency   text        not null,
    constraint reconciliation_differences_pk primary key (gateway, day, nth)
);
create index reconciliation_differences_of_day on reconciliation_differences (day);
