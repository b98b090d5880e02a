package vitrine.catalog;

/** One numbered copy of a collectible: {@code 17} of {@code moonrise}. In addresses it is written {@code moonrise-17}. */
public record PieceNumber(CollectibleId collectible, int serial) {}
