/** The simulator's hand at the inbox: beside the servlet, through the same code. */
@org.jspecify.annotations.NullMarked
package vitrine.shop;
