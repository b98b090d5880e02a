/** A seeded world in one JVM: orders in every shape, crashes between any two commits, two nodes, and a checker that trusts none of them. */
@org.jspecify.annotations.NullMarked
package vitrine.simulate;
