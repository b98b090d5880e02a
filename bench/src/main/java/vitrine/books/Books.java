package vitrine.books;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Looks at a database at rest and says which promises it breaks. Each law is one query that finds rows that must not be there; the
 * constraints of the schema are not trusted, since whoever audits must also find what they would have refused.
 */
public final class Books {

    /** A sentence, and the query whose every row is a breach of it. */
    private record Law(String code, String sentence, String breaches) {}

    private static final List<Law> LAWS = List.of(
            // ---- never one too many
            new Law("stock.sum", "supply = available + held + granted + withheld + retired", """
                    select collectible_id, supply, available, held, granted, withheld, retired from stock
                    where (supply is null) <> (available is null)
                       or supply <> available + held + granted + withheld + retired
                       or least(available, held, granted, withheld, retired) < 0
                    """),
            new Law("stock.granted-is-owned", "granted counts the pieces that somebody owns", """
                    select s.collectible_id, s.granted, count(p.serial) from stock s
                    left join pieces p on p.brand_id = s.brand_id and p.collectible_id = s.collectible_id and p.state = 'owned'
                    group by s.brand_id, s.collectible_id, s.granted having s.granted <> count(p.serial)
                    """),
            new Law(
                    "stock.held-is-promised",
                    "held counts promises to shoppers, units that the house may still promise, claims without their piece, and what an airdrop"
                            + " still gives",
                    """
                    select s.collectible_id, s.held, promised.n, allotted.n, claimed.n, dropped.n from stock s,
                    lateral (select count(*) n from entitlements e
                             where e.brand_id = s.brand_id and e.collectible_brand_id = s.brand_id
                               and e.collectible_id = s.collectible_id and e.holds_unit) promised,
                    lateral (select coalesce(sum(a.units - a.granted), 0) n from allotments a
                             where a.stock_brand_id = s.brand_id and a.collectible_id = s.collectible_id) allotted,
                    lateral (select count(*) n from claims c
                             where c.brand_id = s.brand_id and c.collectible_id = s.collectible_id and c.granted_at is null) claimed,
                    lateral (select count(*) n from airdrops a join airdrop_lines l using (brand_id, airdrop_id)
                             where a.brand_id = s.brand_id and a.collectible_id = s.collectible_id and a.begun_at is not null
                               and l.problem is null and l.serial is null) dropped
                    where s.held <> promised.n + allotted.n + claimed.n + dropped.n
                    """),
            new Law("stock.supply-in-the-log", "nobody owns a serial above the supply", """
                    select p.collectible_id, p.serial, s.supply from pieces p
                    join stock s using (brand_id, collectible_id) where p.serial > s.supply
                    """),
            new Law("allotment.held-is-promised", "the house promised no more than it was given", """
                    select a.collectible_id, a.units, a.held, a.granted, promised.held, promised.granted from allotments a,
                    lateral (select count(*) filter (where e.holds_unit) held,
                                    count(*) filter (where e.state in ('granted', 'kept')) granted
                             from entitlements e where e.brand_id = a.brand_id and e.collectible_id = a.collectible_id) promised
                    where a.held <> promised.held or a.granted <> promised.granted or a.held + a.granted > a.units
                    """),
            new Law("offer.taken", "an offer gives no more than it may", """
                    select o.offer_id, o.pieces_max, o.pieces_taken, taken.n from offers o,
                    lateral (select count(*) n from entitlements e where e.brand_id = o.brand_id and e.offer_id = o.offer_id
                             and e.state in ('pending', 'ripe', 'granted', 'kept')) taken
                    where taken.n > o.pieces_max
                    """),
            // ---- drops
            new Law("drop.taken", "a stage gave no more than its cap, and counts what it gave", """
                    select s.stage_id, s.cap, s.taken, given.n from drop_stages s,
                    lateral (select count(*) n from claims c
                             where c.brand_id = s.brand_id and c.drop_id = s.drop_id and c.stage_id = s.stage_id) given
                    where s.taken <> given.n or s.taken > s.cap
                    """),
            new Law("drop.limit", "nobody has more of a drop than its largest limit", """
                    select c.drop_id, c.collector_id, count(*), s.most from claims c
                    join (select brand_id, drop_id, max(limit_each) as most from drop_stages group by 1, 2) s using (brand_id, drop_id)
                    group by c.brand_id, c.drop_id, c.collector_id, s.most having count(*) > s.most
                    """),
            new Law("drop.serial-once", "two claims never have one number of a piece that is still to be granted", """
                    select c.collectible_id, c.serial, count(*) from claims c where c.serial is not null and c.granted_at is null
                    group by c.brand_id, c.collectible_id, c.serial having count(*) > 1
                    """),
            new Law(
                    "drop.codes",
                    "a code was used as often as somebody claimed with it, and no more often than it may be",
                    """
                    select k.stage_id, k.uses, k.used, claimed.n from drop_codes k,
                    lateral (select count(*) n from claims c where c.brand_id = k.brand_id and c.drop_id = k.drop_id
                             and c.stage_id = k.stage_id and c.code_hash = k.code_hash) claimed
                    where k.used <> claimed.n or k.used > k.uses
                    """),
            new Law("drop.granted", "whoever claimed a piece got it", """
                    select c.collectible_id, c.serial from claims c
                    where c.granted_at is not null and not exists (
                        select from pieces p where p.brand_id = c.brand_id and p.collectible_id = c.collectible_id
                            and p.serial = c.serial)
                    """),
            new Law(
                    "drop.looked-at",
                    "nothing is granted to whom somebody doubts before it was let go, nor what was refused",
                    """
                    select k.claim_id, r.held_at, k.granted_at, r.decision, r.decided_at from claims k
                    join claim_reviews r using (brand_id, drop_id, collector_id)
                    where k.granted_at > r.held_at
                        and (r.decision is null or r.decision = 'refused' or r.decided_at > k.granted_at)
                    """),
            // ---- money
            new Law(
                    "money.booked",
                    "what was paid is in the journal once, with its sum and currency, and nothing else is",
                    """
                    select coalesce(p.payment_id, j.about), p.amount, j.amount from (select * from payments where paid_at is not null) p
                    full join (select * from money_journal where kind = 'payment') j
                        on j.brand_id = p.brand_id and j.about = p.payment_id and j.line = 1
                    where p.payment_id is null or j.about is null or p.amount <> j.amount or p.currency <> j.currency
                       or j.debit <> 'clearing:' || p.way
                       or j.credit <> case when p.cause is null then 'payable:brand' else 'payable:cause:' || p.cause end
                    union all
                    select about, count(*), sum(amount) from money_journal where kind = 'payment' group by brand_id, about
                    having count(*) > 1
                    """),
            new Law("money.notice", "a notice of another sum or currency settles nothing", """
                    select n.payment_id, n.says, n.outcome, p.amount, p.currency from payment_notices n
                    join payments p on p.brand_id = n.brand_id and p.payment_id = n.payment_id
                    where n.outcome in ('paid', 'paid-late') and n.says <> 'paid ' || p.amount || ' ' || p.currency
                    """),
            new Law(
                    "money.refund-booked",
                    "what is owed back and what was given back are in the journal once each",
                    """
                    select r.refund_id, r.state, r.amount, owed.n, given.n from refunds r,
                    lateral (select count(*) n from money_journal j where j.brand_id = r.brand_id and j.about = r.refund_id
                             and j.kind = 'refund-owed' and j.amount = r.amount and j.currency = r.currency) owed,
                    lateral (select count(*) filter (where j.kind = 'refund-paid') - count(*) filter (where j.kind = 'refund-failed') n
                             from money_journal j where j.brand_id = r.brand_id and j.about = r.refund_id
                             and j.kind in ('refund-paid', 'refund-failed') and j.amount = r.amount and j.currency = r.currency) given
                    where owed.n <> 1 or given.n <> case when r.state = 'done' then 1 else 0 end
                    union all
                    select j.about, j.kind, j.amount, 0, 0 from money_journal j where j.kind in ('refund-owed', 'refund-paid', 'refund-failed')
                        and not exists (select from refunds r where r.brand_id = j.brand_id and r.refund_id = j.about)
                    """),
            new Law("money.refunded", "nobody gets back more than she paid, and what is on its way is counted", """
                    select p.payment_id, p.amount, p.refunded, sum(r.amount) from payments p
                    left join refunds r on r.brand_id = p.brand_id and r.payment_id = p.payment_id
                    group by p.brand_id, p.payment_id, p.amount, p.refunded
                    having p.refunded <> coalesce(sum(r.amount), 0) or p.refunded > p.amount
                    """),
            new Law("money.disputed", "what a bank took back is in the journal, and cannot be given back again", """
                    select p.payment_id, p.disputed, d.taken, j.moved from payments p,
                    lateral (select coalesce(sum(d.amount), 0) taken from disputes d where d.brand_id = p.brand_id
                             and d.payment_id = p.payment_id and d.taken_at is not null and d.returned_at is null) d,
                    lateral (select coalesce(sum(case when j.kind in ('dispute-taken', 'dispute-regained') then j.amount else -j.amount end), 0) moved
                             from money_journal j where j.brand_id = p.brand_id and j.payment_id = p.payment_id
                             and j.kind in ('dispute-taken', 'dispute-regained', 'dispute-returned', 'dispute-lost')) j
                    where p.disputed <> d.taken or j.moved <> (
                        select coalesce(sum(o.amount), 0) from disputes o where o.brand_id = p.brand_id and o.payment_id = p.payment_id
                            and o.taken_at is not null and o.returned_at is null and o.state <> 'lost')
                    """),
            new Law("money.sum", "all accounts of a currency add up to nothing", """
                    select brand_id, currency, sum(moved) from (
                        select brand_id, currency, amount as moved from money_journal where debit <> credit
                        union all select brand_id, currency, -amount from money_journal where credit <> '') lines
                    group by 1, 2 having sum(moved) <> 0
                    """),
            new Law("money.one-end", "a payment that is over waits for no answer", """
                    select payment_id, state, ask_at from payments
                    where state = 'paid' and ask_at is not null or (state = 'paid') <> (paid_at is not null)
                       or state = 'paid' and gateway_id is null
                    """),
            // ---- what was sold
            new Law("sale.paid", "what was sold was paid, once, with that sum", """
                    select s.claim_id, s.amount, p.amount from sales s
                    left join payments p on p.brand_id = s.brand_id and p.payment_id = s.payment_id
                    where p.paid_at is null or p.purpose <> s.claim_id or p.amount <> s.amount or p.currency <> s.currency
                       or p.taken_up_at is null
                    """),
            new Law("sale.numbered", "who paid has the number that her sale names, and nobody has one unpaid", """
                    select k.claim_id, k.serial, s.serial from claims k
                    join drop_stages g on g.brand_id = k.brand_id and g.drop_id = k.drop_id and g.stage_id = k.stage_id
                    left join sales s on s.brand_id = k.brand_id and s.claim_id = k.claim_id
                    where g.price is not null and k.serial is not null
                      and (s.claim_id is null or s.serial <> k.serial or s.amount <> g.price or s.currency <> g.currency)
                    union all
                    select s.claim_id, null, s.serial from sales s where not exists (
                        select from claims k where k.brand_id = s.brand_id and k.drop_id = s.drop_id and k.claim_id = s.claim_id
                            and k.serial = s.serial)
                        and not exists (select from sale_returns r where r.brand_id = s.brand_id and r.claim_id = s.claim_id
                            and r.why = 'refused')
                    """),
            new Law(
                    "sale.returned",
                    "a sale that was undone gives all of its money back that her bank has not, and its buyer has the piece no more",
                    """
                    select s.claim_id, s.amount, f.amount, null from sale_returns r
                    join sales s on s.brand_id = r.brand_id and s.claim_id = r.claim_id
                    left join refunds f on f.brand_id = r.brand_id and f.refund_id = r.refund_id
                    where r.amount > 0 and (f.refund_id is null or f.payment_id <> s.payment_id or f.amount <> r.amount
                        or r.why in ('withdrawn', 'refused') and f.reason <> r.why)
                       or s.amount <> r.disputed - r.followed + (
                            select coalesce(sum(b.amount), 0) from refunds b
                            where b.brand_id = s.brand_id and b.payment_id = s.payment_id)
                    union all
                    select s.claim_id, p.amount, p.refunded, 'stayed with us' from sale_returns r
                    join sales s on s.brand_id = r.brand_id and s.claim_id = r.claim_id
                    join payments p on p.brand_id = s.brand_id and p.payment_id = s.payment_id
                    where p.amount > p.refunded + p.disputed
                    union all
                    select s.claim_id, s.serial, null, p.state from sale_returns r
                    join sales s on s.brand_id = r.brand_id and s.claim_id = r.claim_id
                    join pieces p on p.brand_id = s.brand_id and p.collectible_id = s.collectible_id and p.serial = s.serial
                    where p.owner_id = s.collector_id and p.granted_at < r.returned_at
                    union all
                    select s.claim_id, s.amount, f.amount, f.reason from refunds f
                    join sales s on s.brand_id = f.brand_id and s.payment_id = f.payment_id
                    where f.reason in ('withdrawn', 'refused') and not exists (
                        select from sale_returns r where r.brand_id = f.brand_id and r.refund_id = f.refund_id)
                    """),
            new Law("sale.or-back", "money that was taken up bought a piece, or goes back whole", """
                    select p.payment_id, p.amount, p.refunded from payments p
                    where p.taken_up_at is not null and p.refunded < p.amount and not exists (
                        select from sales s where s.brand_id = p.brand_id and s.payment_id = p.payment_id)
                    """),
            // ---- what pieces bring besides
            new Law(
                    "redemption.recorded",
                    "what was redeemed stands in the piece's history once, and nothing else does",
                    """
                    select coalesce(r.collectible_id, h.collectible_id), coalesce(r.serial, h.serial), r.n, h.n
                    from (select brand_id, collectible_id, serial, count(*) n from redemptions group by 1, 2, 3) r
                    full join (select brand_id, collectible_id, serial, count(*) n from piece_records where kind = 'redeemed'
                               group by 1, 2, 3) h using (brand_id, collectible_id, serial)
                    where r.n is distinct from h.n
                    """),
            new Law("redemption.followed", "each redemption is on its way to whoever asked for it, or there", """
                    select r.redemption_id, r.collectible_id, r.serial, f.receipt from redemptions r
                    left join fulfilments f on f.brand_id = r.brand_id and f.redemption_id = r.redemption_id
                    where f.redemption_id is null or f.collector_id <> r.collector_id or f.serial <> r.serial
                    """),
            new Law("promise.of-a-piece", "what brings something is a piece that somebody has", """
                    select b.collectible_id, b.serial, b.promise_id, p.state from piece_promises b
                    join pieces p on p.brand_id = b.brand_id and p.collectible_id = b.collectible_id and p.serial = b.serial
                    where p.state <> 'owned'
                    """),
            // ---- serials
            new Law(
                    "serial.gap",
                    "every serial up to the highest given is owned, returned or retired, or lies there to be chosen",
                    """
                    select s.collectible_id, s.last_serial, count(p.serial), max(p.serial) from stock s
                    left join (
                        select brand_id, collectible_id, serial from pieces
                        union select brand_id, collectible_id, serial from claims where granted_at is null and serial is not null
                        union select brand_id, collectible_id, serial from returned_serials where returned_at is null) p
                        on p.brand_id = s.brand_id and p.collectible_id = s.collectible_id
                    group by s.brand_id, s.collectible_id, s.last_serial
                    having s.last_serial <> count(distinct p.serial) or s.last_serial <> coalesce(max(p.serial), 0)
                    """),
            new Law("serial.double", "a serial is one piece", """
                    select brand_id, collectible_id, serial, count(*) from pieces group by 1, 2, 3 having count(*) > 1
                    """),
            new Law("serial.returned", "what lies in the stock is exactly what came back", """
                    select coalesce(p.collectible_id, r.collectible_id), coalesce(p.serial, r.serial), p.state
                    from (select * from pieces where state = 'returned') p
                    full join (select * from returned_serials where returned_at is not null) r using (brand_id, collectible_id, serial)
                    where p.serial is null or r.serial is null
                    """),
            new Law("serial.held", "a number that was chosen is held by the claim that chose it, and by no other", """
                    select coalesce(r.collectible_id, c.collectible_id), coalesce(r.serial, c.unit), r.held_by, c.claim_id
                    from (select * from returned_serials where held_by is not null) r
                    full join (select * from claims where unit is not null and hold_until is not null) c
                        on c.brand_id = r.brand_id and c.collectible_id = r.collectible_id and c.unit = r.serial
                            and c.claim_id = r.held_by
                    where r.serial is null or c.unit is null
                    union all
                    select collectible_id, unit, claim_id, null from claims where serial <> unit
                    """),
            // ---- never twice
            new Law("award.double", "one reason, one award", """
                    select brand_id, offer_id, reason, count(*) from awards group by 1, 2, 3 having count(*) > 1
                    """),
            new Law("award.grants", "a piece was granted as often as it was awarded or claimed", """
                    select collectible_id, serial, awards.n, grants.n
                    from (select brand_id, collectible_id, serial, count(*) n from (
                            select brand_id, collectible_id, serial from awards
                            union all select brand_id, collectible_id, serial from claims where granted_at is not null) given
                          group by 1, 2, 3) awards
                    full join (select brand_id, collectible_id, serial, count(*) n from piece_records where kind = 'granted'
                               group by 1, 2, 3) grants using (brand_id, collectible_id, serial)
                    where awards.n is distinct from grants.n
                    """),
            new Law("entitlement.double", "one order line, one rule, one grant", """
                    select brand_id, offer_id, reason, count(*) from entitlements group by 1, 2, 3 having count(*) > 1
                    """),
            new Law(
                    "entitlement.award",
                    "granted means awarded, with that serial, and taken back means taken back",
                    """
                    select e.entitlement_id, e.state, e.serial, a.serial from entitlements e
                    left join awards a on a.brand_id = e.collectible_brand_id and a.offer_id = e.offer_id and a.reason = e.reason
                    where (e.state in ('granted', 'revoked', 'kept')) <> (a.serial is not null) or e.serial is distinct from a.serial
                    """),
            new Law("entitlement.owner", "who was granted a piece has it, unless it was taken back or moved on", """
                    select e.entitlement_id, e.collectible_id, e.serial from entitlements e
                    join pieces p on p.brand_id = e.collectible_brand_id and p.collectible_id = e.collectible_id
                                 and p.serial = e.serial
                    where e.state = 'granted' and (p.state <> 'owned' or (p.moves = 0 and p.owner_id <> e.collector_id
                        and not exists (select from collectors c
                                        where c.collector_id = p.owner_id and c.joined_into = e.collector_id)))
                    """),
            new Law("entitlement.unit", "a promise that waits for its day holds a unit, and nothing else does", """
                    select entitlement_id, state, holds_unit from entitlements
                    where holds_unit <> (state in ('pending', 'ripe'))
                    """),
            new Law("waiting.while-available", "nobody waits while there are units", """
                    select e.collectible_id, s.available, count(*) from entitlements e
                    join stock s on s.brand_id = e.brand_id and s.collectible_id = e.collectible_id
                    join offers o on o.brand_id = e.brand_id and o.offer_id = e.offer_id
                    where e.state = 'waiting' and coalesce(s.available, 1) > 0
                      and o.pieces_taken < coalesce(o.pieces_max, o.pieces_taken + 1)
                    group by 1, 2
                    """),
            new Law("waiting.while-allotted", "nobody waits for the house while it has units", """
                    select e.collectible_id, a.units, a.held, a.granted, count(*) from entitlements e
                    join allotments a on a.brand_id = e.brand_id and a.collectible_id = e.collectible_id
                    join offers o on o.brand_id = e.brand_id and o.offer_id = e.offer_id
                    where e.state = 'waiting' and a.held + a.granted < a.units
                      and o.pieces_taken < coalesce(o.pieces_max, o.pieces_taken + 1)
                    group by 1, 2, 3, 4
                    """),
            new Law("entitlement.overdue", "what is due was given", """
                    select entitlement_id, state, due_at from entitlements
                    where state = 'ripe' or (state = 'granted' and taking_back is not null)
                    """),
            // ---- never lost
            new Law("delivery.double", "one delivery is one row", """
                    select shop_id, delivery_id, count(*) from deliveries group by brand_id, 1, 2 having count(*) > 1
                    """),
            new Law("delivery.unfolded", "what came in was read", """
                    select shop_id, delivery_id from deliveries_waiting
                    """),
            new Law("delivery.body", "what came in was kept", """
                    select d.shop_id, d.delivery_id from deliveries d left join delivery_bodies b using (brand_id, shop_id, delivery_id)
                    where b.body is null
                    """),
            new Law("order.unmatched", "no order waits to be judged", """
                    select brand_id, order_id from order_changes union all select brand_id, order_id from orders_to_judge
                    """),
            new Law("order.double", "an order is one row", """
                    select brand_id, shop_id, order_key, count(*) from orders group by 1, 2, 3 having count(*) > 1
                    """),
            new Law("verdict.of-order", "a verdict is of an order that is there", """
                    select v.order_id from verdicts v
                    left join orders o on o.brand_id = v.order_brand_id and o.order_id = v.order_id where o.order_id is null
                    """),
            new Law("person.whole", "what somebody has stands under her one id", """
                    select v.offer_id, v.order_id, v.collector_id, c.joined_into from verdicts v
                    join collectors c using (collector_id) where c.joined_into is not null
                    union all
                    select e.offer_id, e.order_id, e.collector_id, c.joined_into from entitlements e
                    join collectors c using (collector_id) where c.joined_into is not null
                    """),
            new Law("person.checked", "no batch waits to hear whether two were one", """
                    select brand_id, batch_id from joins_to_check
                    """),
            new Law("order.aside", "every order could be judged", """
                    select order_id, error from orders_aside
                    """),
            // ---- the record
            new Law("record.pending", "nothing waits to be sealed", """
                    select record_id from log_pending
                    """),
            new Law("record.sealed-once", "every record of a piece stands in the log exactly once", """
                    select r.record_id, count(l.leaf_index) from piece_records r left join log_records l using (record_id)
                    group by r.record_id having count(l.leaf_index) <> 1
                    """),
            new Law("record.known", "the log has no record of which the books know nothing", """
                    select l.record_id, l.leaf_index from log_records l
                    where not exists (select from piece_records r where r.record_id = l.record_id)
                      and not exists (select from collectibles c where c.manifest_record = l.record_id)
                      and not exists (select from rules_versions v where v.record_id = l.record_id)
                      and not exists (select from rules_elsewhere e where e.record_id = l.record_id)
                      and not exists (select from queues q where q.record_id = l.record_id)
                      and not exists (select from queue_postponements q where q.record_id = l.record_id)
                      and not exists (select from log_keys k where k.log_id = l.log_id and k.record_id = l.record_id)
                      and not exists (select from logs o where o.log_id = l.log_id
                          and (o.predecessor_id is not null and l.leaf_index = 0
                              or o.orphaned_at is null and o.closed_size = l.leaf_index + 1))
                    """),
            new Law("log.index", "the log's places are 0, 1, 2 … each taken once", """
                    select l.log_id, l.size, count(r.leaf_index), count(distinct r.leaf_index), max(r.leaf_index) from logs l
                    left join log_records r using (log_id) group by l.log_id, l.size
                    having l.size <> count(r.leaf_index) or l.size <> count(distinct r.leaf_index)
                        or l.size <> coalesce(max(r.leaf_index) + 1, 0)
                    """),
            new Law("log.signed", "the newest head is signed", """
                    select log_id, size, signed_size from logs where signed_size <> size and orphaned_at is null
                    """),
            new Law(
                    "piece.chain",
                    "a piece's history begins with a grant, and its state is where its history ends",
                    """
                    select p.collectible_id, p.serial, p.state, last.kind from pieces p
                    left join lateral (select kind, record_id from piece_records r where r.brand_id = p.brand_id
                                  and r.collectible_id = p.collectible_id and r.serial = p.serial order by nth desc limit 1) last on true
                    where last.record_id is distinct from p.last_record_id
                       or (p.state = 'owned') <> (coalesce(last.kind, '') in ('granted', 'moved', 'redeemed', 'minted'))
                    """),
            // ---- events and projections
            new Law("event.granted", "one event for each record of a piece", """
                    select r.kind, count(*), (select count(*) from events e where e.type = 'piece.' || r.kind)
                    from piece_records r group by r.kind
                    having count(*) <> (select count(*) from events e where e.type = 'piece.' || r.kind)
                    """),
            new Law("event.outbox", "no event waits for its number", """
                    select brand_id, event_id from events_outbox
                    """),
            new Law("event.numbers", "a brand's events are numbered without a gap", """
                    select h.brand_id, h.last_seq, count(e.seq), max(e.seq) from event_heads h left join events e using (brand_id)
                    group by h.brand_id, h.last_seq having h.last_seq <> count(e.seq) or h.last_seq <> coalesce(max(e.seq), 0)
                    """),
            new Law("collector.pieces", "the collectors' lists say what the pieces say", """
                    select coalesce(p.collectible_id, c.collectible_id), coalesce(p.serial, c.serial), p.owner_id, c.collector_id
                    from (select * from pieces where state = 'owned') p
                    full join collector_pieces c on c.brand_id = p.brand_id and c.collectible_id = p.collectible_id
                        and c.serial = p.serial and c.collector_id = p.owner_id
                    where p.serial is null or c.serial is null
                    """));

    private static final int SHOWN_MAX = 5;

    private final DataSource database;

    public Books(DataSource database) {
        this.database = database;
    }

    /** How many laws are looked at. */
    public static int laws() {
        return LAWS.size();
    }

    /** Every breach in the tables, then every breach in the log ({@link PublicLog}). Empty: the books balance. */
    public List<Violation> audit() {
        List<Violation> found = new ArrayList<>();
        try (Connection connection = database.getConnection()) {
            for (Law law : LAWS) look(connection, law, found);
            found.addAll(new PublicLog(connection).audit());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return found;
    }

    private static void look(Connection connection, Law law, List<Violation> found) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(law.breaches());
                ResultSet rows = query.executeQuery()) {
            int n = 0;
            for (; rows.next(); n++) {
                if (n < SHOWN_MAX) found.add(new Violation(law.code(), law.sentence() + " — " + row(rows)));
            }
            if (n > SHOWN_MAX) found.add(new Violation(law.code(), "and " + (n - SHOWN_MAX) + " more"));
        }
    }

    private static String row(ResultSet rows) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        StringBuilder text = new StringBuilder();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            if (i > 1) text.append(", ");
            text.append(columns.getColumnLabel(i)).append('=').append(rows.getString(i));
        }
        return text.toString();
    }
}
