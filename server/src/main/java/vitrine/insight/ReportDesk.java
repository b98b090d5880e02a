package vitrine.insight;

import de.siegmar.fastcsv.writer.CsvWriter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Currency;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.servlet.ModelAndView;
import vitrine.campaign.Campaign;
import vitrine.campaign.Campaigns;
import vitrine.campaign.desk.Desks;
import vitrine.campaign.desk.Tables;
import vitrine.platform.BrandId;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;
import vitrine.platform.web.Refused;

/** A campaign's report: on the page, and as tables for a spreadsheet. */
@Controller
@Requires(Permission.SEE)
public class ReportDesk {

    private final Desks desks;
    private final Campaigns campaigns;
    private final Reports reports;
    private final JdbcClient db;

    ReportDesk(Desks desks, Campaigns campaigns, Reports reports, JdbcClient db) {
        this.desks = desks;
        this.campaigns = campaigns;
        this.reports = reports;
        this.db = db;
    }

    /** @param report null: it was never published */
    public record Shown(Campaign campaign, @Nullable Report report) {}

    @GetMapping("/desk/{brand}/campaigns/{slug}/report")
    ModelAndView report(@PathVariable BrandId brand, @PathVariable String slug) {
        Campaign campaign = find(brand, slug);
        return Desks.page(
                "report",
                desks.of(brand, null),
                new Shown(campaign, reports.of(campaign).orElse(null)));
    }

    @GetMapping("/desk/{brand}/campaigns/{slug}/funnel.csv")
    void funnel(@PathVariable BrandId brand, @PathVariable String slug, HttpServletResponse response)
            throws IOException {
        Report report = reports.of(find(brand, slug)).orElseThrow(Refused::notFound);
        try (CsvWriter csv = Tables.csv(response, slug + "-funnel")) {
            csv.writeRecord("step", "orders", "percent of orders seen", "percent of the step before");
            for (Report.Funnel.Step step : report.funnel().steps()) {
                csv.writeRecord(
                        step.name(),
                        String.valueOf(step.count()),
                        String.valueOf(step.share()),
                        String.valueOf(step.ofBefore()));
            }
        }
    }

    @GetMapping("/desk/{brand}/campaigns/{slug}/days.csv")
    void days(@PathVariable BrandId brand, @PathVariable String slug, HttpServletResponse response) throws IOException {
        Report report = reports.of(find(brand, slug)).orElseThrow(Refused::notFound);
        Currency currency = report.plan().currency();
        try (CsvWriter csv = Tables.csv(response, slug + "-days")) {
            csv.writeRecord("date", "day", "whole", "orders", "paid " + currency, "pieces given");
            for (Report.Day day : report.byDay()) {
                csv.writeRecord(
                        day.date().toString(),
                        String.valueOf(day.nth()),
                        String.valueOf(day.whole()),
                        String.valueOf(day.orders()),
                        major(day.paid(), currency),
                        String.valueOf(day.pieces()));
            }
        }
    }

    /** What each order was told, as the rules judged it last. */
    @GetMapping("/desk/{brand}/campaigns/{slug}/orders.csv")
    void orders(@PathVariable BrandId brand, @PathVariable String slug, HttpServletResponse response)
            throws IOException {
        Campaign campaign = find(brand, slug);
        try (CsvWriter csv = Tables.csv(response, slug + "-orders");
                var rows = db
                        .sql("""
                        select s.source, s.slug, r.number, v.paid_at, v.offer_id, v.code, v.counted, v.rules_version
                        from offers o
                        join verdicts v on v.brand_id = o.brand_id and v.offer_id = o.offer_id
                        join orders r on r.brand_id = v.order_brand_id and r.order_id = v.order_id
                        join shops s on s.brand_id = r.brand_id and s.shop_id = r.shop_id
                        where o.brand_id = :brand and o.campaign_id = :campaign
                        order by v.paid_at, v.order_id, v.offer_id
                        """)
                        .param("brand", brand.value())
                        .param("campaign", campaign.id().value())
                        .query((row, n) -> new String[] {
                            row.getString(1) + "/" + row.getString(2),
                            row.getString(3),
                            row.getTimestamp(4) == null
                                    ? ""
                                    : row.getTimestamp(4).toInstant().toString(),
                            row.getObject(5, UUID.class).toString(),
                            row.getString(6),
                            row.getString(7),
                            row.getString(8)
                        })
                        .stream()) {
            csv.writeRecord(
                    "shop", "order", "paid at", "offer", "verdict", "counted (minor units or goods)", "rules version");
            rows.forEach(row -> csv.writeRecord(harmless(row)));
        }
    }

    /** A shop's words that begin like a formula are no formula in a spreadsheet. */
    private static String[] harmless(String[] row) {
        for (int i = 0; i < row.length; i++)
            if (!row[i].isEmpty() && "=+-@\t\r".indexOf(row[i].charAt(0)) >= 0) row[i] = "'" + row[i];
        return row;
    }

    private static String major(long minor, Currency currency) {
        return BigDecimal.valueOf(minor, Math.max(0, currency.getDefaultFractionDigits()))
                .toPlainString();
    }

    private Campaign find(BrandId brand, String slug) {
        return campaigns.bySlug(slug).filter(c -> c.id().brand().equals(brand)).orElseThrow(Refused::notFound);
    }
}
