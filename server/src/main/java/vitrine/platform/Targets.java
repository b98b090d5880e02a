package vitrine.platform;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Where we may be sent by somebody else's wish: to the open internet over TLS, not to our own machine, our own network or its
 * metadata service. It is asked when an address is written down and before each call; the JVM keeps what it resolved for some
 * seconds, so the name that was looked at is the one that is connected to.
 */
public final class Targets {

    private final boolean privateOnes;

    /** @param privateOnes true in a demo, whose receivers are on this very machine: then plain http goes as well */
    public Targets(boolean privateOnes) {
        this.privateOnes = privateOnes;
    }

    /** Why not, as the end of a stable code; empty: go. */
    public Optional<String> refuses(String url) {
        URI target;
        try {
            target = URI.create(url);
        } catch (IllegalArgumentException e) {
            return Optional.of("not-an-address");
        }
        boolean http = "http".equals(target.getScheme());
        if (!"https".equals(target.getScheme()) && !(http && privateOnes)) return Optional.of("not-https");
        String host = target.getHost();
        if (host == null || target.getRawUserInfo() != null || target.getRawFragment() != null || url.length() > 500)
            return Optional.of("not-an-address");
        if (privateOnes) return Optional.empty();
        try {
            return Arrays.stream(InetAddress.getAllByName(host)).allMatch(Targets::isPublic)
                    ? Optional.empty()
                    : Optional.of("not-public");
        } catch (UnknownHostException e) {
            return Optional.of("unknown-host");
        }
    }

    static boolean isPublic(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) return false;
        byte[] b = address.getAddress();
        int first = b[0] & 0xff;
        int second = b[1] & 0xff;
        return switch (address) {
            case Inet4Address four ->
                first != 0 // "this network"
                        && !(first == 100 && second >= 64 && second < 128) // carriers' own (RFC 6598)
                        && !(first == 192 && second == 0 && (b[2] == 0 || b[2] == 2)) // protocols, documentation
                        && !(first == 198
                                && (second == 18 || second == 19 || second == 51)) // benchmarks, documentation
                        && !(first == 203 && second == 0 && b[2] == 113)
                        && first < 240;
            case Inet6Address six ->
                (first & 0xfe) != 0xfc // unique local
                        && (first & 0xe0) == 0x20 // global unicast is 2000::/3
                        && !(first == 0x20 && second == 0x02) // 6to4 and Teredo carry an IPv4 address inside
                        && !(first == 0x20 && second == 0x01 && b[2] == 0 && b[3] == 0)
                        && !(first == 0x20 && second == 0x01 && b[2] == 0x0d && (b[3] & 0xff) == 0xb8);
            default -> false;
        };
    }
}
