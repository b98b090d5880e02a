/** How a node starts and ends: folder, database, web server, in this order; and back. */
@NullMarked
package vitrine.launch;

import org.jspecify.annotations.NullMarked;
