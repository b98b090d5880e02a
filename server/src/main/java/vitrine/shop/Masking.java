package vitrine.shop;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Takes out of a message what says who the buyer is or lets somebody act as one. Ids, amounts, goods and times stay. */
final class Masking {

    private static final String MASK = "•••";

    /** Objects that are about a person: nothing in them is shown but what these names say. */
    private static final Set<String> PEOPLE = Set.of(
            "customer",
            "billing",
            "shipping",
            "billing_address",
            "shipping_address",
            "default_address",
            "billingaddress",
            "shippingaddress",
            "buyer",
            "user",
            "client_details",
            "payment_details",
            "paymentmethoddetails",
            "receipt",
            "recipient_email");

    private static final Set<String> SHOWN_OF_PEOPLE = Set.of(
            "id", "country", "country_code", "countrycode", "code", "verified_email", "email_verified", "isconfirmed");

    private static final Pattern PERSONAL = Pattern.compile(
            ".*(email|phone|mobile|nick|first_?name|last_?name|full_?name|receiver_|street|postal|postcode|zip|latitude"
                    + "|longitude|_ip$|^ip$|ip_address|browser_ip|token|secret|password|order_key|authorization|user_agent"
                    + "|status_url|payment_url|redirecturl|landing_site|referring_site|^note$|customer_note|buyer_message"
                    + "|_memo$|alipay|account).*");

    private Masking() {}

    static JsonNode masked(JsonNode node) {
        return masked(node, false);
    }

    private static JsonNode masked(JsonNode node, boolean person) {
        if (node instanceof ArrayNode array) {
            ArrayNode out = Json.MAPPER.createArrayNode();
            array.forEach(element -> out.add(masked(element, person)));
            return out;
        }
        if (!(node instanceof ObjectNode object)) return person && says(node) ? mask() : node;
        ObjectNode out = Json.MAPPER.createObjectNode();
        object.forEachEntry((name, value) -> out.set(name, masked(name, value, person)));
        return out;
    }

    private static JsonNode masked(String name, JsonNode value, boolean person) {
        String plain = name.toLowerCase(Locale.ROOT);
        if (value.isContainer()) return masked(value, person || PEOPLE.contains(plain));
        boolean hidden = person
                ? !SHOWN_OF_PEOPLE.contains(plain)
                : PERSONAL.matcher(plain).matches();
        return hidden && says(value) ? mask() : value;
    }

    /** Null, empty and yes or no stay as they are: they say something about the message, nothing about a person. */
    private static boolean says(JsonNode value) {
        return value.isNumber() || value.isString() && !value.stringValue().isEmpty();
    }

    private static JsonNode mask() {
        return Json.MAPPER.getNodeFactory().stringNode(MASK);
    }
}
