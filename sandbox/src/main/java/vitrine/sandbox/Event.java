package vitrine.sandbox;

/**
 * One message that a shop owes the world: its topic in that shop's own words, and the order as it was then. A retry
 * sends the same event with the same id and the old state, as the real shops do.
 */
public record Event(String topic, SandboxOrder.Step step) {
    public SandboxOrder order() {
        return step.order();
    }

    /** Stable, unique within all shops of the sandbox: the name from which delivery ids are made. */
    public String name() {
        return order().shop() + "/" + order().number() + "/" + order().steps() + "/" + topic;
    }
}
