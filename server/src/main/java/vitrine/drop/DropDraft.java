package vitrine.drop;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import vitrine.catalog.CollectibleId;
import vitrine.ownership.GiftPolicy;
import vitrine.platform.Bilingual;
import vitrine.platform.BrandId;
import vitrine.platform.Mark;
import vitrine.platform.Money;

/** A drop as its staff write it; it may be unfinished. */
public record DropDraft(Bilingual name, Bilingual about, List<StageDraft> stages) {

    /** All that it says. */
    public Mark mark() {
        return Mark.of(List.of(this));
    }

    /**
     * @param id kept from the first writing on, so that a pass names the stage for good
     * @param holdMinutes null: a claim is a piece at once
     * @param chosen whether whoever claims says which number
     * @param onePerson whether the limit is a human's, whatever accounts he has
     * @param mode how one comes to a piece: {@link Stage.Mode}
     * @param price of one; null: free
     * @param cause whom the proceeds go to; null: the brand
     * @param promise what a piece brings besides; null: nothing
     */
    public record StageDraft(
            @Nullable UUID id,
            Bilingual name,
            @Nullable UUID collectible,
            @Nullable Instant opensAt,
            @Nullable Instant closesAt,
            @Nullable Integer cap,
            int limit,
            String entry,
            @Nullable UUID entryId,
            @Nullable Integer holdMinutes,
            String giftPolicy,
            boolean chosen,
            boolean onePerson,
            String mode,
            @Nullable Money price,
            @Nullable CauseDraft cause,
            @Nullable PromiseDraft promise) {

        /** One in which whoever claims first has it. */
        public StageDraft(
                @Nullable UUID id,
                Bilingual name,
                @Nullable UUID collectible,
                @Nullable Instant opensAt,
                @Nullable Instant closesAt,
                @Nullable Integer cap,
                int limit,
                String entry,
                @Nullable UUID entryId,
                @Nullable Integer holdMinutes,
                String giftPolicy,
                boolean chosen,
                boolean onePerson) {
            this(
                    id,
                    name,
                    collectible,
                    opensAt,
                    closesAt,
                    cap,
                    limit,
                    entry,
                    entryId,
                    holdMinutes,
                    giftPolicy,
                    chosen,
                    onePerson,
                    Stage.Mode.RACE.code(),
                    null,
                    null,
                    null);
        }

        StageDraft under(UUID newId) {
            return but(newId, closesAt, holdMinutes, chosen, mode, price, cause, promise);
        }

        /** The same, with another way to a piece. */
        public StageDraft by(Stage.Mode other) {
            return but(id, closesAt, holdMinutes, chosen, other.code(), price, cause, promise);
        }

        /** As it will be once it is published, but for what comes with a piece and whom its price goes to; only of one that can be. */
        Stage stage(BrandId brand, int nth) {
            return new Stage(
                    Objects.requireNonNull(id),
                    nth,
                    name,
                    new CollectibleId(brand, Objects.requireNonNull(collectible)),
                    Objects.requireNonNull(opensAt),
                    Objects.requireNonNull(closesAt),
                    cap,
                    limit,
                    Objects.requireNonNull(DropPlans.entry(entry)),
                    entryId,
                    holdMinutes == null ? null : Duration.ofMinutes(holdMinutes),
                    GiftPolicy.of(giftPolicy),
                    chosen,
                    onePerson,
                    Stage.Mode.valueOf(mode.toUpperCase(Locale.ROOT)),
                    price,
                    null,
                    null);
        }

        /** The same, closed at another hour. */
        public StageDraft until(Instant hour) {
            return but(id, hour, holdMinutes, chosen, mode, price, cause, promise);
        }

        /** The same, with numbers that are chosen. */
        public StageDraft withChosenNumbers() {
            return but(id, closesAt, holdMinutes, true, mode, price, cause, promise);
        }

        /** The same, held for so long; null: a claim is a piece at once. */
        public StageDraft held(@Nullable Integer minutes) {
            return but(id, closesAt, minutes, chosen, mode, price, cause, promise);
        }

        /** The same, for money; null: for nothing. */
        public StageDraft at(@Nullable Money one) {
            return but(id, closesAt, holdMinutes, chosen, mode, one, cause, promise);
        }

        /** The same, with what the proceeds go to and what a piece brings besides. */
        public StageDraft with(@Nullable CauseDraft whom, @Nullable PromiseDraft what) {
            return but(id, closesAt, holdMinutes, chosen, mode, price, whom, what);
        }

        private StageDraft but(
                @Nullable UUID otherId,
                @Nullable Instant otherEnd,
                @Nullable Integer otherMinutes,
                boolean otherChosen,
                String otherMode,
                @Nullable Money otherPrice,
                @Nullable CauseDraft otherCause,
                @Nullable PromiseDraft otherPromise) {
            return new StageDraft(
                    otherId,
                    name,
                    collectible,
                    opensAt,
                    otherEnd,
                    cap,
                    limit,
                    entry,
                    entryId,
                    otherMinutes,
                    giftPolicy,
                    otherChosen,
                    onePerson,
                    otherMode,
                    otherPrice,
                    otherCause,
                    otherPromise);
        }
    }

    /** @param link its own page; empty: none */
    public record CauseDraft(Bilingual name, String link) {}

    /**
     * @param kind {@code goods} or {@code perk}
     * @param text how it is redeemed; empty: nothing to say
     * @param until when it can be redeemed at the latest; null: as long as the piece lives
     */
    public record PromiseDraft(
            String kind,
            Bilingual name,
            Bilingual text,
            @Nullable Instant until) {}
}
