package vitrine.simulate;

/**
 * Something that a node does.
 *
 * @param name a worker's; or what somebody asked of the node, and for a shop's message nothing
 */
record Act(String name, Runnable how) implements Runnable {
    @Override
    public void run() {
        how.run();
    }
}
