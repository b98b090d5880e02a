/** The auditor: balances the books from SQL and the public log alone. It shares no code with the server. */
@NullMarked
package vitrine.books;

import org.jspecify.annotations.NullMarked;
