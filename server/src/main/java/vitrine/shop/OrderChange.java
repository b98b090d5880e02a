package vitrine.shop;

import java.util.UUID;

/** An order that changed since it was last taken. @param batch the earliest batch of deliveries that changed it */
public record OrderChange(OrderRef ref, UUID batch) {}
