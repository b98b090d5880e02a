package vitrine.shop;

import vitrine.platform.BrandId;

/** An order wherever it is: the brand whose shop sold it, and its id there. */
public record OrderRef(BrandId brand, OrderId id) {}
