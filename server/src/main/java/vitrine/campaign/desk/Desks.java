package vitrine.campaign.desk;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.view.RedirectView;
import org.springframework.web.util.UriComponentsBuilder;
import vitrine.catalog.Brand;
import vitrine.catalog.Catalog;
import vitrine.identity.Access;
import vitrine.identity.Audit;
import vitrine.identity.Colleagues;
import vitrine.identity.Who;
import vitrine.platform.BrandId;
import vitrine.platform.Mark;
import vitrine.platform.api.Permission;
import vitrine.proof.Json;

/** What every page of the desk needs: whose it is, and the log of what is done there. */
@Component
public class Desks {

    public static final int PAGE = 50;

    private static final LocalDate EARLIEST = LocalDate.of(2000, 1, 1);
    private static final LocalDate LATEST = LocalDate.of(9999, 12, 31);

    private final Catalog catalog;
    private final Access access;
    private final Colleagues colleagues;
    private final Audit audit;
    private final TransactionTemplate transactions;

    Desks(Catalog catalog, Access access, Colleagues colleagues, Audit audit, TransactionTemplate transactions) {
        this.catalog = catalog;
        this.access = access;
        this.colleagues = colleagues;
        this.audit = audit;
        this.transactions = transactions;
    }

    /** A day as a field or an address has it; null: it is none, or none that a database must be asked about. */
    public static @Nullable LocalDate day(String typed) {
        try {
            LocalDate day = LocalDate.parse(typed.strip());
            return isOfOurTime(day) ? day : null;
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Java knows days that no database can hold. */
    static boolean isOfOurTime(LocalDate day) {
        return !day.isBefore(EARLIEST) && !day.isAfter(LATEST);
    }

    public Desk of(BrandId brand, @Nullable String said) {
        return new Desk(catalog.brand(brand), may(brand), access.isOperator(), said);
    }

    Set<Permission> may(BrandId brand) {
        return access.permissions(access.who(), brand);
    }

    /** The brands that the reader works for: an operator for all, the house first. */
    List<Brand> mine() {
        if (access.isOperator()) {
            return catalog.brands().stream()
                    .sorted(java.util.Comparator.comparing(b -> b.kind() != Brand.Kind.HOUSE))
                    .toList();
        }
        if (!(access.who() instanceof Who.Colleague colleague)) return List.of();
        return colleagues.of(colleague.staff()).stream()
                .map(membership -> catalog.brand(membership.brand()))
                .toList();
    }

    public Who who() {
        return access.who();
    }

    /** For what depends on more than the address: ends the request with 401 or 403, or does nothing. */
    public void requires(BrandId brand, Permission permission) {
        access.requires(brand, permission);
    }

    boolean isHere(BrandId brand) {
        return access.isHere(brand);
    }

    boolean isOperator() {
        return access.isOperator();
    }

    /** The act and its line in the audit log, both or neither. */
    <T> T audited(BrandId brand, String act, String subject, Json.Obj detail, Supplier<T> deed) {
        return java.util.Objects.requireNonNull(transactions.execute(status -> {
            T outcome = deed.get();
            audit.write(access.who(), brand, act, subject, detail.text());
            return outcome;
        }));
    }

    /** Like {@link #audited}, for a deed that may find nothing to do: then nothing is written down. */
    <T> T audited(
            BrandId brand, String act, String subject, Json.Obj detail, Supplier<T> deed, Predicate<T> whetherDone) {
        return inOneTransaction(() -> {
            T outcome = deed.get();
            if (whetherDone.test(outcome)) note(brand, act, subject, detail);
            return outcome;
        });
    }

    /**
     * What a form does, unless somebody saved after its page was shown: then nothing happens, and the answer is false.
     *
     * @param stands locks the thing, then says how it stands
     */
    boolean unlessChanged(
            BrandId brand,
            String act,
            String subject,
            Json.Obj detail,
            Mark seen,
            Supplier<Mark> stands,
            Runnable deed) {
        return audited(
                brand,
                act,
                subject,
                detail,
                () -> {
                    if (seen.differs(stands.get())) return false;
                    deed.run();
                    return true;
                },
                done -> done);
    }

    <T> T inOneTransaction(Supplier<T> deed) {
        return java.util.Objects.requireNonNull(transactions.execute(status -> deed.get()));
    }

    void note(BrandId brand, String act, String subject, Json.Obj detail) {
        audit.write(access.who(), brand, act, subject, detail.text());
    }

    public static ModelAndView page(String template, Desk desk, Object it) {
        return new ModelAndView("desk/" + template, Map.of("desk", desk, "it", it));
    }

    public static ModelAndView page(String template, Desk desk, Object it, HttpStatus status) {
        ModelAndView page = page(template, desk, it);
        page.setStatus(status);
        return page;
    }

    /** After a form was taken: a reload shows the page again and sends nothing twice. */
    public static ModelAndView to(String path) {
        var view = new RedirectView(path);
        view.setStatusCode(HttpStatus.SEE_OTHER);
        view.setExpandUriTemplateVariables(false);
        return new ModelAndView(view);
    }

    /** An address with those of the parameters that say something. */
    public static String address(String path, @Nullable Object... namesAndValues) {
        Map<String, Object> said = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            if (value != null && !value.toString().isEmpty()) said.put(String.valueOf(namesAndValues[i]), value);
        }
        var address = UriComponentsBuilder.fromPath(path);
        said.keySet().forEach(name -> address.queryParam(name, "{" + name + "}"));
        return address.encode().buildAndExpand(said).toUriString();
    }
}
