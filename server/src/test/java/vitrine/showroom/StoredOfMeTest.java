package vitrine.showroom;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import vitrine.campaign.Applications;
import vitrine.catalog.CollectibleId;
import vitrine.certificate.Gallery;
import vitrine.identity.Browser;
import vitrine.identity.Colleagues;
import vitrine.identity.CollectorId;
import vitrine.identity.Collectors;
import vitrine.identity.Who;
import vitrine.ownership.GiftPolicy;
import vitrine.platform.Bilingual;
import vitrine.platform.web.Language;

/** Nothing is kept of a collector that her page does not name and her file does not have. */
class StoredOfMeTest {

    /** A column by which a row is somebody's. */
    private static final String SOMEBODYS =
            "collector|payer|owner_id|giver|receiver|liker|holder_id|buyer_(key|hash)|person_key|principal_name|joined_into"
                    + "|address_(key|hash)|staff_id";

    /** Which name of {@code me.json} has the rows of a table. */
    private static final Map<String, String> IN_THE_FILE = Map.ofEntries(
            Map.entry("collectors", "contact"),
            Map.entry("handles", "address"),
            Map.entry("collector_pieces", "pieces"),
            Map.entry("pieces", "pieces"),
            Map.entry("room_places", "pieces"),
            Map.entry("room_likes", "likes"),
            Map.entry("follows", "follows"),
            Map.entry("news_answers", "mailAnswers"),
            Map.entry("recovery_codes", "recoveryCodesLeft"),
            Map.entry("passkeys", "passkeys"),
            Map.entry("person_checks", "confirmedAsOnePerson"),
            Map.entry("spring_session", "signedIn"),
            Map.entry("payments", "payments"),
            Map.entry("fulfilments", "redemptions"),
            Map.entry("transfers", "giftsToAndFromFriends"),
            Map.entry("holder_letters", "mailsOfBrands"),
            Map.entry("orders", "orders"),
            Map.entry("verdicts", "orders"),
            Map.entry("entitlements", "gifts"),
            Map.entry("progress", "countedTowardsGifts"),
            Map.entry("claims", "claimsInDrops"),
            Map.entry("claims_ended", "claimsInDrops"),
            Map.entry("queue_arrivals", "waitingRooms"),
            Map.entry("drop_waiting", "remindersOfDrops"),
            Map.entry("applications", "applications"),
            Map.entry("staff", "worksFor"),
            Map.entry("memberships", "worksFor"),
            Map.entry("claim_reviews", "claimsLookedAt"));

    private static final Map<String, String> NOT_IN_THE_FILE = Map.ofEntries(
            Map.entry("buyer_keys", "keyed hashes of the address that the file has, and which shops' orders it has"),
            Map.entry("piece_records", "the piece's way, which its certificate has"),
            Map.entry("redemptions", "the same that fulfilments say, for the piece"),
            Map.entry("sales", "the claim and its payment, both in the file"),
            Map.entry("airdrop_lines", "the piece that it gave is in the file; before, a keyed hash of a brand's list"),
            Map.entry("gift_links", "the hash of a link; the gift is in the file"),
            Map.entry("transfer_notes", "which mails of a gift between friends are still to be written"),
            Map.entry("passkey_ids", "finds the key that the file has"),
            Map.entry("follow_mails", "until when she was told of whom she follows"),
            Map.entry("sign_ins", "a code or link of some minutes"),
            Map.entry("joins_to_check", "work of some seconds"),
            Map.entry("drop_guests", "a brand's own list, by keyed hash; it goes 30 days after its stage"),
            Map.entry("guest_lines", "the file that a brand's list came from, by keyed hash; it goes with the list"),
            Map.entry("brand_members", "a brand's own list, by keyed hash; the brand answers for it"));

    private static Gallery gallery;
    private static CollectibleId moonrise;

    @BeforeAll
    static void lumenHasADesign() {
        gallery = new Gallery();
        moonrise = gallery.moonrise();
    }

    @AfterAll
    static void close() {
        gallery.close();
    }

    @Test
    void everyTableThatSaysWhoseItIsIsInHerFileOrHasItsReason() {
        var tables = new TreeSet<>(gallery.database
                .jdbc()
                .sql("""
                        select distinct c.table_name from information_schema.columns c
                        join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
                        where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.column_name ~ :somebodys
                        """)
                .param("somebodys", SOMEBODYS)
                .query(String.class)
                .list());
        var told = new TreeSet<>(IN_THE_FILE.keySet());
        told.addAll(NOT_IN_THE_FILE.keySet());
        assertThat(told).isEqualTo(tables);
        assertThat(IN_THE_FILE.keySet()).doesNotContainAnyElementsOf(NOT_IN_THE_FILE.keySet());
    }

    @Test
    void whoHasOneOfEachFindsItOnThePageAndInTheFile() throws Exception {
        Browser ada = gallery.signedIn("ada");
        Gallery.press(ada, "/me/account", Map.of("name", "Ada", "handle", "ada-stores"));
        Gallery.press(ada, "/me/account/news", Map.of("wanted", "friends"));
        CollectorId id = gallery.collector("ada");
        gallery.give(moonrise, id, new GiftPolicy.Never());
        gallery.seal();
        oneOfEach(id);

        String page = ada.get("/me/data?lang=en").body();
        assertThat(page)
                .contains(
                        "1 order, 1 right to a gift",
                        "1 payment<",
                        "1 claim, 1 place in waiting rooms, 1 reminder<",
                        "You follow 1<",
                        "1 room liked; yours has 0 likes",
                        "3 kinds not wanted, 0 letters of brands",
                        "1 role as a colleague, 1 application to the host<",
                        "signed in on 1 device<");

        JsonNode me = JsonMapper.shared()
                .readTree(requireNonNull(RoomTest.export(gallery, ada).get("me.json")));
        assertThat(IN_THE_FILE.values())
                .allSatisfy(name -> assertThat(me.has(name)).as(name).isTrue());
        assertThat(List.of(
                        "signedIn",
                        "pieces",
                        "payments",
                        "orders",
                        "gifts",
                        "countedTowardsGifts",
                        "claimsInDrops",
                        "waitingRooms",
                        "remindersOfDrops",
                        "claimsLookedAt",
                        "follows",
                        "likes",
                        "applications",
                        "worksFor"))
                .allSatisfy(name -> assertThat(me.get(name).size()).as(name).isEqualTo(1));
        assertThat(me.get("mailAnswers").get("friends").asString()).isEqualTo("yes");
        assertThat(me.get("mailAnswers").get("holders").asString()).isEqualTo("no");
        assertThat(me.at("/orders/0/number").asString()).isEqualTo("1001");
        assertThat(me.at("/orders/0/whatOffersSaid/0/code").asString()).isEqualTo("campaign.counted");
        assertThat(me.at("/orders/0/whatOffersSaid/0/numbers/got").asInt()).isEqualTo(9);
        assertThat(me.at("/payments/0/amount").asString()).isEqualTo("49.00 EUR");
        assertThat(me.at("/waitingRooms/0/salt").asString()).isEqualTo("5a17");
        assertThat(me.at("/waitingRooms/0/place").asInt()).isEqualTo(7);
        assertThat(me.at("/claimsLookedAt/0/myWords").asString()).isEqualTo("It is me.");
        assertThat(me.at("/applications/0/words").asString()).isEqualTo("Pots");
        assertThat(me.at("/worksFor/0/called").asString()).isEqualTo("Ada of the lamps");
        assertThat(me.at("/follows/0/whom").asString()).isIn("Lumen", "流明");
    }

    private static void oneOfEach(CollectorId id) {
        var key = gallery.server.bean(Collectors.class).buyerKeys(id).getFirst();
        var colleagues = gallery.server.bean(Colleagues.class);
        colleagues.join(
                moonrise.brand(),
                colleagues.add("Ada of the lamps", "ada@example.com"),
                Colleagues.Role.TEAM,
                null,
                new Who.Guest());
        gallery.server
                .bean(Applications.class)
                .send(
                        new Applications.Form(
                                Applications.Kind.CREATOR,
                                new Bilingual("泥", "Clay"),
                                "",
                                "Pots",
                                "Ada",
                                "ada@example.com",
                                Language.EN,
                                false),
                        "127.0.0.1");
        for (String sql : List.of(
                """
                insert into follows (collector_id, kind, brand_id, subject_id, followed_at) values (:id, 'brand', :brand, :brand, now())
                """,
                "insert into room_likes (collector_id, liker_id, liked_at) values (:other, :id, now())",
                """
                insert into orders (brand_id, order_id, shop_id, order_key, number, buyer_kind, buyer_key, currency, first_batch_id,
                    received_at, is_test, lines, facts, version)
                values (:brand, :other, :other, 'k', '1001', 'email', :key, 'CNY', :other, now(), false, '[]', '{}', 1)
                """,
                """
                insert into campaigns (brand_id, campaign_id, slug, name_zh, name_en, about_zh, about_en, state, draft, version, looked_back,
                    created_at)
                values (:brand, :other, 'nights', '夜', 'Nights', '', '', 'draft', '{}', 0, 0, now())
                """,
                """
                insert into offers (brand_id, offer_id, campaign_id, collectible_brand_id, collectible_id, pieces_taken)
                values (:brand, :other, :other, :brand, :collectible, 0)
                """,
                """
                insert into progress (brand_id, offer_id, collector_id, counted, pieces, changed_at)
                values (:brand, :other, :id, 900, 1, now())
                """,
                """
                insert into verdicts (brand_id, offer_id, order_brand_id, order_id, collector_id, bought_as, order_name, order_version,
                    rules_version, code, counted, numbers, lines, batch_id, received_at, judged_at)
                values (:brand, :other, :brand, :other, :id, :id, 'shop/k', 1, 1, 'campaign.counted', 900, '{"got":9}', '[]', :other, now(),
                    now())
                """,
                """
                insert into entitlements (brand_id, entitlement_id, offer_id, collector_id, reason, order_brand_id, order_id,
                    collectible_brand_id, collectible_id, state, holds_unit, paid_at, changed_at)
                values (:brand, :other, :other, :id, 'order:shop/k', :brand, :other, :brand, :collectible, 'waiting', false, now(), now())
                """,
                """
                insert into payments (brand_id, payment_id, purpose, attempt, payer, way, amount, currency, title, state, gateway_id, late,
                    refunded, disputed, deadline, started_at, paid_at, asked)
                values (:brand, :other, :other, 1, :id, 'stripe-card', 4900, 'EUR', 'Moonrise', 'paid', 'pi_1', false, 0, 0, now(), now(), now(),
                    0)
                """,
                """
                insert into drops (brand_id, drop_id, slug, name_zh, name_en, about_zh, about_en, state, draft, created_at)
                values (:brand, :other, 'nights', '夜', 'Nights', '', '', 'draft', '{}', now())
                """,
                """
                insert into drop_stages (brand_id, drop_id, stage_id, nth, name_zh, name_en, collectible_id, opens_at, closes_at, taken,
                    limit_each, entry, gift_policy, chosen, one_person, mode)
                values (:brand, :other, :other, 1, '一', 'One', :collectible, now() + interval '1 day', now() + interval '2 days', 0, 1,
                    'everyone', 'never', false, false, 'queue')
                """,
                """
                insert into claims_ended (brand_id, drop_id, collector_id, claim_key, claim_id, stage_id, claimed_at, ended_at)
                values (:brand, :other, :id, '\\x01', :other, :other, now(), now())
                """,
                """
                insert into queue_arrivals (brand_id, drop_id, stage_id, collector_id, salt, arrival, arrived_at, place)
                values (:brand, :other, :other, :id, '\\x5a17', '\\xa1', now(), 7)
                """,
                """
                insert into drop_waiting (brand_id, drop_id, stage_id, collector_id, about, asked_at, told_at)
                values (:brand, :other, :other, :id, 'opening', now(), now())
                """,
                """
                insert into claim_reviews (brand_id, drop_id, collector_id, reason, held_at, appeal, appealed_at)
                values (:brand, :other, :id, 'young-account', now(), 'It is me.', now())
                """)) {
            gallery.database
                    .jdbc()
                    .sql(sql)
                    .paramSource(Map.of(
                            "id", id.value(),
                            "brand", moonrise.brand().value(),
                            "collectible", moonrise.value(),
                            "other", new UUID(7, 7),
                            "key", key.hash()))
                    .update();
        }
    }
}
