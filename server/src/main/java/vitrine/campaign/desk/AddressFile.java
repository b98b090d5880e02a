package vitrine.campaign.desk;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import java.util.stream.Stream;
import org.springframework.web.multipart.MultipartFile;

/** A file that names people, a line each; it is never whole in memory. */
final class AddressFile {

    private AddressFile() {}

    static <T> T read(MultipartFile file, Function<Stream<String>, T> with) {
        try (var reader = new BufferedReader(new InputStreamReader(file.getInputStream(), StandardCharsets.UTF_8))) {
            return with.apply(reader.lines());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
