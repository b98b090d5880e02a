package vitrine.identity;

import java.util.concurrent.LinkedBlockingDeque;
import java.util.regex.Pattern;
import vitrine.platform.messages.Address;
import vitrine.platform.messages.Carrier;
import vitrine.platform.messages.Message;

/** Whoever the tests write to reads it here. */
public final class Postbox implements Carrier {

    private static final Pattern CODE = Pattern.compile("\\b(\\d{6})\\b");
    private static final Pattern LINK = Pattern.compile("/sign-in/link/[\\w-]+");

    public final LinkedBlockingDeque<Message> received = new LinkedBlockingDeque<>();

    private volatile boolean full;

    /** Whether it takes nothing. */
    public void full(boolean is) {
        full = is;
    }

    @Override
    public boolean reaches(Address.Kind kind) {
        return true;
    }

    @Override
    public void carry(Message message) throws NotCarried {
        if (full) throw new NotCarried("452 mailbox full", new java.io.IOException("452"));
        received.add(message);
    }

    /** The newest code: who asked for one may have been told something else since. */
    public String code() {
        for (Message each : received.reversed()) {
            var found = CODE.matcher(each.text());
            if (found.find()) return found.group(1);
        }
        throw new AssertionError(
                "no code in: " + received.stream().map(Message::text).toList());
    }

    /** The link's path in the newest message. */
    public String link() {
        var found = LINK.matcher(received.getLast().text());
        if (!found.find())
            throw new AssertionError("no link in: " + received.getLast().text());
        return found.group();
    }
}
