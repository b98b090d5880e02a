package vitrine.drop;

public record Awarded(OfferId offer, String reason, int serial) {}
