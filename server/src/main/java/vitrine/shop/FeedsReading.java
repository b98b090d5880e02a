package vitrine.shop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import vitrine.platform.Downloads;
import vitrine.platform.Job;

/** Reads each shop's product feed four times a day, one at a time. A feed that is the same as before is not read again. */
@Component
class FeedsReading implements Job {

    private static final Logger log = LoggerFactory.getLogger(FeedsReading.class);
    /** Shorter than a feed is leased for. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Feeds feeds;
    private final Downloads downloads;

    FeedsReading(Feeds feeds, Downloads downloads) {
        this.feeds = feeds;
        this.downloads = downloads;
    }

    @Override
    public String name() {
        return "shop-feeds";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(2);
    }

    @Override
    public boolean run() {
        Optional<Feeds.Due> due = feeds.claim();
        due.ifPresent(this::read);
        return due.isPresent();
    }

    private void read(Feeds.Due due) {
        try {
            switch (downloads.fetch(
                    new Downloads.Wanted(due.url(), FeedReader.BYTES_MAX, PATIENCE, due.etag(), due.modified()))) {
                case Downloads.Answer.Unchanged() -> feeds.isUnchanged(due);
                case Downloads.Answer.Failed(String reason) -> {
                    log.info("shop.feed-failed shop={} reason={}", due.shop(), reason);
                    feeds.didNotCome(due, "feed." + reason);
                }
                case Downloads.Answer.Fetched(var file, var etag, var modified) -> {
                    FeedReader.Reading reading;
                    try (InputStream in = Files.newInputStream(file)) {
                        reading = FeedReader.read(in);
                    } finally {
                        file.toFile().delete();
                    }
                    feeds.came(due, reading, etag, modified);
                }
            }
        } catch (IOException e) {
            feeds.didNotCome(due, "feed.out-of-reach");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // its lease ends, and it is read again
        }
    }
}
