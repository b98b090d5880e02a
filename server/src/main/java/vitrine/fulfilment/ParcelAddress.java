package vitrine.fulfilment;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Where a parcel goes. Each line is what stands on the label; nothing is made of it. */
public record ParcelAddress(String name, String street, String city, String postcode, String country, String phone) {

    private static final Map<String, Integer> MOST = new LinkedHashMap<>();

    static {
        MOST.put("name", 80);
        MOST.put("street", 200);
        MOST.put("city", 80);
        MOST.put("postcode", 20);
        MOST.put("country", 60);
        MOST.put("phone", 30);
    }

    /** As it was typed, without what no label can show. */
    public static ParcelAddress typed(Map<String, String> form) {
        return new ParcelAddress(
                line(form, "name"),
                line(form, "street"),
                line(form, "city"),
                line(form, "postcode"),
                line(form, "country"),
                line(form, "phone"));
    }

    private static String line(Map<String, String> form, String field) {
        return form.getOrDefault(field, "").replaceAll("\\p{Cntrl}+", " ").strip();
    }

    /** Which field cannot stay as it is; empty: a carrier can read it. A phone number is asked for and not needed. */
    public Optional<String> wrong() {
        Map<String, String> fields = fields();
        for (var each : MOST.entrySet()) {
            String text = fields.getOrDefault(each.getKey(), "");
            boolean wanted = !each.getKey().equals("phone") && !each.getKey().equals("postcode");
            if (wanted && text.isEmpty() || text.codePointCount(0, text.length()) > each.getValue())
                return Optional.of(each.getKey());
        }
        return Optional.empty();
    }

    /** How many characters a label has room for in this field. */
    public static int most(String field) {
        return Objects.requireNonNull(MOST.get(field));
    }

    /** By their names in a form. */
    public Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("name", name);
        fields.put("street", street);
        fields.put("city", city);
        fields.put("postcode", postcode);
        fields.put("country", country);
        fields.put("phone", phone);
        return fields;
    }
}
