package vitrine.platform.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** No template lies about unused, and what a page asks for by itself has somewhere to go and somewhere to land. */
class TemplatesTest {

    private static final Path TEMPLATES = Path.of("src/main/jte");
    private static final Pattern INCLUDED = Pattern.compile("@template\\.([\\w.-]+)\\(");
    private static final Pattern SHOWN =
            Pattern.compile("(?:new ModelAndView|pages\\s*\\.\\s*text)\\(\\s*\"([\\w/-]+)\"");
    private static final Pattern SHOWN_AT_THE_DESK = Pattern.compile("\\bDesks\\s*\\.\\s*page\\(\\s*\"([\\w/-]+)\"");
    private static final Pattern LANDS = Pattern.compile("hx-(?:target|select)=\"([^\"]+)\"");
    private static final Pattern LANDS_BESIDE = Pattern.compile("hx-select-oob=\"([^\"]+)\"");
    private static final Pattern ID = Pattern.compile("\\bid=\"([^\"$]+)\"");
    /** Up to the quote that ends the attribute: one inside {@code ${…}} does not. */
    private static final Pattern ASKS = Pattern.compile("hx-(?:get|post)=\"((?:\\$\\{[^}]*}|[^\"$])+)\"");

    /** A link, or where a form goes: written out from its first slash on, or by the desk's own address. */
    private static final Pattern LEADS = Pattern.compile(
            "\\b(href|action|formaction)=\"((?:/|(?=\\$\\{desk\\.(?:path|address)\\())(?:\\$\\{[^}]*}|[^\"$])*)\"");

    private static final Pattern AT_THE_DESK =
            Pattern.compile("\\$\\{desk\\.(?:path|address)\\((\"(?:[^\"]|\" \\+ [^\"]+ \\+ \")*\")?( \\+ )?[^}]*}");

    private static final Pattern COPIES = Pattern.compile("<button [^>]*data-copy=[^>]*>");
    private static final Pattern FILES = Pattern.compile("<form [^>]*(?:/certificate|/export|\\.csv\"\\)})\"[^>]*>");

    private static final Pattern WORD = Pattern.compile("[a-z][a-z-]+");
    private static final Pattern MAPPED = Pattern.compile("@(Get|Post)Mapping\\(([^)]*)\\)");

    private static final Map<String, String> templates = new TreeMap<>();
    private static String java = "";

    @BeforeAll
    static void read() throws IOException {
        try (var files = Files.walk(TEMPLATES)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = TEMPLATES.relativize(file).toString();
                templates.put(name.substring(0, name.length() - ".jte".length()), Files.readString(file));
            }
        }
        var sources = new StringBuilder();
        try (var files = Files.walk(Path.of("src/main/java"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) sources.append(Files.readString(file));
        }
        java = sources.toString();
    }

    /** Only where a template is shown: a word that happens to be called like one uses nothing. */
    @Test
    void everyTemplateIsUsed() {
        Set<String> used = new HashSet<>();
        for (String text : templates.values()) used.addAll(included(text));
        SHOWN.matcher(java).results().forEach(found -> used.add(found.group(1)));
        // A page of the desk is named without its folder.
        SHOWN_AT_THE_DESK.matcher(java).results().forEach(found -> used.add("desk/" + found.group(1)));
        assertThat(templates.keySet()).hasSizeGreaterThan(100).allSatisfy(name -> assertThat(used)
                .contains(name));
    }

    @Test
    void aWordThatIsCalledLikeATemplateDoesNotUseIt() {
        assertThat(SHOWN.matcher("String state = \"error\";").find()).isFalse();
        assertThat(SHOWN.matcher("return new ModelAndView(\n  \"error\", \"status\", 404);")
                        .find())
                .isTrue();
    }

    /** What is asked for lands on an id of the same page: of the template itself, or of one that it holds. */
    @Test
    void whatIsAskedForHasWhereToLand() {
        int landing = 0;
        for (String name : templates.keySet()) {
            List<String> lands = new ArrayList<>();
            String text = text(name);
            LANDS.matcher(text).results().map(found -> found.group(1)).forEach(lands::add);
            // More than one, of which the words before a colon are names.
            LANDS_BESIDE
                    .matcher(text)
                    .results()
                    .flatMap(found ->
                            Pattern.compile("#[\\w-]+").matcher(found.group(1)).results())
                    .map(MatchResult::group)
                    .forEach(lands::add);
            Set<String> ids = new HashSet<>();
            for (String held : held(name, new HashSet<>()))
                ID.matcher(text(held)).results().forEach(found -> ids.add(found.group(1)));
            for (String one : lands) {
                if (!one.startsWith("#")) continue;
                landing++;
                assertThat(ids).as("in " + name).contains(one.substring(1));
            }
        }
        assertThat(landing).isGreaterThan(10);
    }

    /** The script reads the word for it from the button itself. */
    @Test
    void whatCopiesSaysThatItHas() {
        List<String> buttons = templates.values().stream()
                .flatMap(text -> COPIES.matcher(text).results().map(MatchResult::group))
                .toList();
        assertThat(buttons).hasSizeGreaterThan(5).allSatisfy(button -> assertThat(button)
                .contains("data-done=\""));
    }

    /** The page stays, so that its button may be pressed again. */
    @Test
    void aFormThatIsAnsweredWithAFileSaysSo() {
        List<String> forms = templates.values().stream()
                .flatMap(text -> FILES.matcher(text).results().map(MatchResult::group))
                .toList();
        assertThat(forms).hasSize(3).allSatisfy(form -> assertThat(form).contains("data-download"));
    }

    private static String text(String name) {
        return templates.getOrDefault(name, "");
    }

    private static Set<String> included(String text) {
        return INCLUDED.matcher(text)
                .results()
                .map(found -> found.group(1).replace('.', '/'))
                .collect(Collectors.toSet());
    }

    /** A template and whatever it includes, and they in turn. */
    private static Set<String> held(String name, Set<String> seen) {
        if (seen.add(name)) for (String inside : included(text(name))) held(inside, seen);
        return seen;
    }

    /** Each word of an address that a template writes out stands in the address of one mapping, in this order. */
    @Test
    void whatIsAskedForIsAnswered() {
        List<String> mapped = MAPPED.matcher(java)
                .results()
                .flatMap(found ->
                        Pattern.compile("\"([^\"]+)\"").matcher(found.group(2)).results())
                .map(found -> found.group(1))
                .toList();
        assertThat(mapped).hasSizeGreaterThan(100);
        int asked = 0;
        for (var template : templates.entrySet()) {
            for (MatchResult found : ASKS.matcher(template.getValue()).results().toList()) {
                List<String> words = words(found.group(1));
                if (words.isEmpty()) continue; // the page's own address
                asked++;
                assertThat(mapped)
                        .as(template.getKey() + " asks " + found.group(1))
                        .anySatisfy(address -> assertThat(address.split("[/?]")).containsSubsequence(words));
            }
        }
        assertThat(asked).isGreaterThan(5);
    }

    /** A link leads to a page, and a form to what takes it: each step of the address is the mapping's, or anything. */
    @Test
    void whereItLeadsSomethingAnswers() {
        Map<String, List<String>> answers = new TreeMap<>(Map.of("Get", new ArrayList<>(), "Post", new ArrayList<>()));
        MAPPED.matcher(java).results().forEach(found -> Pattern.compile("\"(/[^\"]*)\"")
                .matcher(found.group(2))
                .results()
                .forEach(address ->
                        Objects.requireNonNull(answers.get(found.group(1))).add(address.group(1))));
        int led = 0;
        for (var template : templates.entrySet()) {
            String text = template.getValue();
            for (MatchResult found : LEADS.matcher(text).results().toList()) {
                // What is put in between the desk's own words may be anything.
                String address = AT_THE_DESK
                        .matcher(found.group(2))
                        .replaceAll(at -> "/desk/*/"
                                + Objects.toString(at.group(1), "*")
                                        .replaceAll("\" \\+ [^\"]+ \\+ \"", "*")
                                        .replace("\"", "")
                                + (at.group(2) == null ? "" : "*"));
                String to = address.replaceAll("\\$\\{[^}]*}", "*").replaceAll("[?#].*", "");
                String before = text.substring(text.lastIndexOf('<', found.start()), found.start());
                boolean sent =
                        before.contains("method=\"post\"") || found.group(1).equals("formaction");
                led++;
                assertThat(answers.get(sent ? "Post" : "Get"))
                        .as(template.getKey() + " leads to " + found.group(2))
                        .anySatisfy(answer -> assertThat(isOneOf(answer, to)).isTrue());
            }
        }
        assertThat(led).isGreaterThan(200);
    }

    private static boolean isOneOf(String mapping, String address) {
        String[] steps = steps(mapping);
        String[] led = steps(address);
        if (steps.length != led.length) return false;
        for (int n = 0; n < steps.length; n++) {
            if (!led[n].contains("*") && !led[n].matches(steps[n].replaceAll("\\{[^}]*}", ".+"))) return false;
        }
        return true;
    }

    private static String[] steps(String address) {
        return address.replaceAll("/+$", "").split("/", -1);
    }

    /** What is written out of the address: outside of {@code ${…}}, and the quoted texts inside; a query is none of it. */
    private static List<String> words(String address) {
        String written = address.contains("\"")
                ? Pattern.compile("\"([^\"]*)\"")
                        .matcher(address)
                        .results()
                        .map(found -> found.group(1))
                        .collect(Collectors.joining("/"))
                : address.replaceAll("\\$\\{[^}]*}", "");
        return WORD.matcher(written.replaceAll("\\?.*", ""))
                .results()
                .map(MatchResult::group)
                .toList();
    }
}
