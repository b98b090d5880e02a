package vitrine.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import vitrine.ledger.Ledger;
import vitrine.ledger.LogKeys;
import vitrine.platform.Bilingual;
import vitrine.platform.DataFolder;
import vitrine.platform.Keys;
import vitrine.platform.Setting;
import vitrine.platform.Settings;
import vitrine.proof.WitnessSigner;

/** {@code DIR/demo.json} for whoever wants to play with the demo, and {@code DIR/sandbox.json} for the sandbox. They hold secrets. */
@Component
class DemoFile {

    private static final String STAFF = "demo-staff.json";

    private final DataFolder folder;
    private final Settings settings;
    private final Keys keys;
    private final Ledger ledger;
    private final LogKeys logKeys;
    private final JsonMapper json = JsonMapper.builder().build();

    DemoFile(DataFolder folder, Settings settings, Keys keys, Ledger ledger, LogKeys logKeys) {
        this.folder = folder;
        this.settings = settings;
        this.keys = keys;
        this.ledger = ledger;
        this.logKeys = logKeys;
    }

    /** What moves the demo's clock from outside the pages. */
    String demoKey() {
        return java.util.HexFormat.of().formatHex(keys.mac("demo", "clock".getBytes(StandardCharsets.UTF_8)), 0, 16);
    }

    /** Who cosigns the demo's log; they live in the sandbox and are as fictional as its shops. */
    private static final List<String> WITNESSES = List.of("harbour", "mill");

    private static final String OURS = "# The demo's witnesses, who live in the sandbox. Written anew at each start.\n";

    private WitnessSigner witness(String name) {
        return new WitnessSigner(
                name + ".witness.demo", keys.mac("demo", ("witness " + name).getBytes(StandardCharsets.UTF_8)));
    }

    /** One of the two must cosign. A policy that somebody else wrote stays as it is. */
    void writeWitnesses(String sandboxUrl) {
        Path file = folder.resolve("witnesses.policy");
        StringBuilder policy = new StringBuilder(OURS);
        for (String name : WITNESSES) {
            policy.append("witness ").append(name).append(' ');
            policy.append(witness(name).key().vkey()).append(' ');
            policy.append(sandboxUrl).append("/witness/").append(name).append('\n');
        }
        policy.append("group any 1 ").append(String.join(" ", WITNESSES)).append("\nquorum any\n");
        try {
            if (Files.exists(file) && !Files.readString(file).startsWith(OURS)) return;
            DataFolder.writeDurably(file, policy.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    void writeSandbox(List<DemoShops.Connected> shops, Map<String, Bilingual> earns, ObjectNode pay) {
        ObjectNode root = json.createObjectNode();
        root.put("server", settings.baseUrl().toString());
        root.put("clockUrl", settings.baseUrl() + "/demo/clock");
        root.put("demoKey", demoKey());
        ArrayNode logs = root.putArray("logs");
        ledger.main();
        ledger.volumes().forEach(volume -> logKeys.verifiers(volume.log()).forEach(key -> logs.add(key.vkey())));
        ArrayNode witnesses = root.putArray("witnesses");
        for (String name : WITNESSES) {
            witnesses.addObject().put("name", name).put("signer", witness(name).secretText());
        }
        settings.find(Setting.PERSON_CHECK_KEY).ifPresent(key -> root.put("personKey", key));
        root.set("pay", pay);
        ArrayNode list = root.putArray("shops");
        for (DemoShops.Connected shop : shops) {
            ObjectNode node = list.addObject();
            node.put("source", shop.source());
            node.put("shop", shop.slug());
            node.set("name", text(shop.brand().name()));
            node.put("currency", shop.brand().shop().currency());
            // A Saleor signs with a key of its own, which the sandbox makes and shows.
            if (!shop.source().equals("saleor")) node.put("secret", shop.secret());
            node.put("apiToken", shop.token());
            node.put("inboxUrl", shop.inboxUrl());
            products(node.putArray("products"), shop.brand().products(), earns);
        }
        write(folder.resolve("sandbox.json"), root);
    }

    /** Their keys are known at this moment only; the file of everything comes when everything is there. */
    void keepStaff(List<DemoPeople.Colleague> staff) {
        write(folder.resolve(STAFF), json.valueToTree(staff));
    }

    /** Whoever sees it finds a demo that is ready to be played with. */
    void writeDemo(List<DemoShops.Connected> shops, Map<String, Bilingual> earns, String sandboxUrl) {
        ObjectNode root = json.createObjectNode();
        root.put("baseUrl", settings.baseUrl().toString());
        ArrayNode list = root.putArray("shops");
        for (DemoShops.Connected shop : shops) {
            ObjectNode node = list.addObject();
            node.put("source", shop.source());
            node.put("shop", shop.slug());
            node.put("brand", shop.brand().key());
            node.put("inboxUrl", shop.inboxUrl());
            node.put("secret", shop.secret());
            node.put("currency", shop.brand().shop().currency());
            node.put("pageUrl", sandboxUrl + "/shops/" + shop.slug());
            products(node.putArray("products"), shop.brand().products(), earns);
        }
        root.set("staff", staff());
        ArrayNode collectors = root.putArray("collectors");
        for (String name : List.of("Ada", "Bo")) {
            collectors
                    .addObject()
                    .put("name", name)
                    .put("email", name.toLowerCase(java.util.Locale.ROOT) + "@example.com");
        }
        String origin = ledger.originOf(ledger.main());
        root.put("logOrigin", origin);
        root.put("logVerifierKey", logKeys.verifier(ledger.main()).vkey());
        root.put("clockUrl", settings.baseUrl() + "/demo/clock");
        root.put("demoKey", demoKey());
        root.put("mailUrl", settings.baseUrl() + "/demo/mail");
        root.put("sandboxUrl", sandboxUrl);
        write(folder.resolve("demo.json"), root);
    }

    private JsonNode staff() {
        Path file = folder.resolve(STAFF);
        try {
            return Files.exists(file) ? json.readTree(Files.readAllBytes(file)) : json.createArrayNode();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void products(ArrayNode to, List<Festival.Goods> goods, Map<String, Bilingual> earns) {
        for (Festival.Goods each : goods) {
            ObjectNode node = to.addObject();
            node.put("id", each.id());
            node.put("sku", each.sku());
            node.set("name", text(each.name()));
            node.put("category", each.category());
            node.put("vendor", each.vendor());
            node.put("price", each.price());
            Bilingual earned = earns.get(each.sku());
            if (earned != null) node.set("earns", text(earned));
        }
    }

    private ObjectNode text(Bilingual text) {
        return json.createObjectNode().put("zh", text.zh()).put("en", text.en());
    }

    private void write(Path file, JsonNode content) {
        try {
            DataFolder.writeDurably(file, json.writerWithDefaultPrettyPrinter().writeValueAsBytes(content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
