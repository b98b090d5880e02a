/** Pieces as pages show them: room, piece and certificate read the same row. */
@NamedInterface("web")
@NullMarked
package vitrine.ownership.web;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
