package vitrine.sandbox;

import java.util.List;

/** The orders of some shops, as they are now. */
interface OrderBook {

    /** The newest first. */
    List<SandboxOrder> orders(String shop);

    /** What was changed longest ago first. */
    List<SandboxOrder> ordersByChange(String shop);
}
