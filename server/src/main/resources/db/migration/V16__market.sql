-- A piece on its way from its holder to a friend. Until the way has ended the piece stays with the giver and can be given to nobody
-- else; the change of owner itself is written by the pieces' own table.
create table transfers (
    brand_id       uuid        not null,
    transfer_id    uuid        not null,
    collectible_id uuid        not null,
    serial         int         not null,
    state          text        not null constraint transfers_state check (state in
                       ('offered', 'accepted', 'moved', 'withdrawn', 'expired', 'returned', 'fallen')),
    giver_id       uuid        not null,
    receiver_id    uuid,                               -- whoever accepted, signed in
    signed         text        not null default '',    -- who gives it, as the card says; erased with her
    words          text        not null default '',    -- what the card says; emptied when the piece did not move
    answered_as    text        not null default '',    -- who the receiver says she is, for the giver's eyes; erased with her
    age_said       int,                                -- she said to be as old as the piece's rule asks; null: it asks nothing
    offered_at     timestamptz not null,
    good_until     timestamptz not null,               -- until then it can be accepted
    accepted_at    timestamptz,
    final_at       timestamptz,                        -- then the piece moves; until then either of them may step back
    ended_at       timestamptz,
    constraint transfers_pk primary key (brand_id, transfer_id),
    constraint transfers_not_to_oneself check (receiver_id <> giver_id),
    constraint transfers_accepted_by_somebody check ((accepted_at is null) = (receiver_id is null)
        and (accepted_at is null) = (final_at is null)),
    constraint transfers_ended check ((state in ('offered', 'accepted')) = (ended_at is null)),
    constraint transfers_moved_was_accepted check (state not in ('accepted', 'moved', 'returned') or accepted_at is not null),
    constraint transfers_lengths check (length(signed) <= 40 and length(words) <= 140 and length(answered_as) <= 40)
);
-- A piece is on one way at a time, however many buttons were pressed.
create unique index transfers_one_way_at_a_time on transfers (brand_id, collectible_id, serial) where ended_at is null;
create index transfers_to_end on transfers (coalesce(final_at, good_until)) where ended_at is null;
create index transfers_of_giver on transfers (giver_id, transfer_id);
create index transfers_of_receiver on transfers (receiver_id, transfer_id) where receiver_id is not null;
-- What both sides are told, noted in the transaction that made it true and written once, afterwards.
create table transfer_notes (
    brand_id    uuid        not null,
    transfer_id uuid        not null,
    step        text        not null,
    to_giver    boolean     not null,
    noted_at    timestamptz not null,
    done_at     timestamptz,
    constraint transfer_notes_told_once primary key (brand_id, transfer_id, step, to_giver)
);
create index transfer_notes_waiting on transfer_notes (noted_at) where done_at is null;
-- directory: what a friend's link opens. The token itself is never kept.
create table transfer_links (
    token_hash  bytea not null primary key,
    brand_id    uuid  not null,
    transfer_id uuid  not null
);
-- Where a piece hangs in its owner's room, and whether others see it. A piece without a row hangs in front, the newest first.
create table room_places (
    collector_id   uuid        not null,
    brand_id       uuid        not null,
    collectible_id uuid        not null,
    serial         int         not null,
    position       int,
    hidden_at      timestamptz,                        -- only its owner sees it
    constraint room_places_pk primary key (collector_id, brand_id, collectible_id, serial)
);
-- Who likes a room: once each.
create table room_likes (
    collector_id uuid        not null,                 -- whose room
    liker_id     uuid        not null,
    liked_at     timestamptz not null,
    constraint room_likes_once primary key (collector_id, liker_id),
    constraint room_likes_not_ones_own check (collector_id <> liker_id)
);
