package vitrine.platform.web;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where all pieces of a collectible are: {@code supply = granted + held + available + withheld + retired}. */
public record Supply(@Nullable Integer supply, int granted, int held, int available, int withheld, int retired) {

    /** One stretch of the bar, in hundredths; whatever is there at all is seen. */
    public record Part(String kind, int share) {}

    /** A piece's number, as wide as the supply's: {@code 017} of 300. */
    public static String figure(int serial, @Nullable Integer supply) {
        var figure = String.valueOf(serial);
        return supply == null
                ? figure
                : "0".repeat(Math.max(0, String.valueOf(supply).length() - figure.length())) + figure;
    }

    /** The same as it is written in running text: {@code № 017/300}. */
    public static String number(int serial, @Nullable Integer supply) {
        return "№ " + figure(serial, supply) + (supply == null ? "" : "/" + supply);
    }

    public boolean limited() {
        return supply != null;
    }

    public boolean soldOut() {
        return limited() && available == 0;
    }

    public List<Part> parts() {
        var parts = new ArrayList<Part>();
        add(parts, "k1", granted);
        add(parts, "k2", held);
        add(parts, "k3", available);
        add(parts, "k4", withheld + retired);
        return parts;
    }

    private void add(List<Part> parts, String kind, int units) {
        if (units == 0 || supply == null) return;
        parts.add(new Part(kind, Math.clamp(Math.round(100f * units / supply), 1, 100)));
    }
}
