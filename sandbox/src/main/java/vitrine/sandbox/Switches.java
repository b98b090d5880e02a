package vitrine.sandbox;

import tools.jackson.databind.JsonNode;

/**
 * What goes wrong on the way, for one shop or for all. Percentages are of messages; {@code …Next} counts down from the
 * next message on.
 */
public record Switches(
        long delayMillis,
        int doublePercent,
        int reorderPercent,
        int dropPercent,
        int dropNext,
        int badSignaturePercent,
        int badSignatureNext) {
    public static final Switches OFF = new Switches(0, 0, 0, 0, 0, 0, 0);

    public Switches {
        within("delayMillis", delayMillis, 600_000);
        within("doublePercent", doublePercent, 100);
        within("reorderPercent", reorderPercent, 100);
        within("dropPercent", dropPercent, 100);
        within("dropNext", dropNext, 1_000_000);
        within("badSignaturePercent", badSignaturePercent, 100);
        within("badSignatureNext", badSignatureNext, 1_000_000);
    }

    private static void within(String name, long value, long most) {
        if (value < 0 || value > most) {
            throw Refused.invalid("switch.invalid", name + " is 0 to " + most + ", not " + value);
        }
    }

    /** Only what the JSON names is changed. */
    Switches with(JsonNode json) {
        for (var field : json.propertyNames()) {
            if (!NAMES.contains(field)) {
                throw Refused.invalid("switch.unknown", "there is no switch " + field + "; there are " + NAMES);
            }
            if (!json.path(field).isIntegralNumber()) {
                throw Refused.invalid("switch.invalid", field + " is a whole number");
            }
        }
        return new Switches(
                json.path("delayMillis").asLong(delayMillis),
                json.path("doublePercent").asInt(doublePercent),
                json.path("reorderPercent").asInt(reorderPercent),
                json.path("dropPercent").asInt(dropPercent),
                json.path("dropNext").asInt(dropNext),
                json.path("badSignaturePercent").asInt(badSignaturePercent),
                json.path("badSignatureNext").asInt(badSignatureNext));
    }

    static final java.util.List<String> NAMES = java.util.List.of(
            "delayMillis",
            "doublePercent",
            "reorderPercent",
            "dropPercent",
            "dropNext",
            "badSignaturePercent",
            "badSignatureNext");

    Switches afterDrop() {
        return new Switches(
                delayMillis,
                doublePercent,
                reorderPercent,
                dropPercent,
                Math.max(0, dropNext - 1),
                badSignaturePercent,
                badSignatureNext);
    }

    Switches afterBadSignature() {
        return new Switches(
                delayMillis,
                doublePercent,
                reorderPercent,
                dropPercent,
                dropNext,
                badSignaturePercent,
                Math.max(0, badSignatureNext - 1));
    }
}
