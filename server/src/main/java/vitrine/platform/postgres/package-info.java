/** Our own launcher of PostgreSQL's binaries, and what we ask of a PostgreSQL that somebody else runs. */
@NullMarked
package vitrine.platform.postgres;

import org.jspecify.annotations.NullMarked;
