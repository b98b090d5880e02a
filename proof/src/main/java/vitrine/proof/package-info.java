/**
 * A transparency log, its signed checkpoints, its records and its certificates in plain Java: RFC 6962 / RFC 9162
 * Merkle trees stored as C2SP tlog-tiles, C2SP signed-note and tlog-checkpoint, RFC 8785 canonical JSON, and version 1
 * of Vitrine's record format. It needs the JDK and nothing else.
 *
 * <p>What comes from outside (a note, a record, a proof, a certificate) is answered with a value that names what is
 * wrong, never with an exception. Exceptions mean that the caller broke a contract or that storage lost something.
 */
@NullMarked
package vitrine.proof;

import org.jspecify.annotations.NullMarked;
