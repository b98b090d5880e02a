package vitrine.platform.web;

import gg.jte.CodeResolver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Templates read from a folder while somebody writes them. */
record TemplateSources(Path folder) implements CodeResolver {

    @Override
    public @Nullable String resolve(String name) {
        if (!exists(name)) return null;
        try {
            return Files.readString(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean exists(String name) {
        return Files.exists(folder.resolve(name));
    }

    @Override
    public long getLastModified(String name) {
        if (!exists(name)) return 0;
        try {
            return Files.getLastModifiedTime(folder.resolve(name)).toMillis();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<String> resolveAllTemplateNames() {
        try (var files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".jte"))
                    .map(file -> folder.relativize(file).toString().replace('\\', '/'))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
