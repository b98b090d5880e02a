package vitrine.api;

import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import vitrine.identity.Access;
import vitrine.identity.Colleagues;
import vitrine.identity.Who;
import vitrine.platform.BrandId;
import vitrine.platform.api.Anyone;
import vitrine.platform.api.Described;
import vitrine.platform.api.Permission;
import vitrine.platform.api.Requires;

/** Who calls, and for which brands. */
@RestController
class Myself {

    record Me(String kind, String id, String name, List<String> brands, List<String> scopes) {}

    record Brand(UUID id, String slug, String kind, String nameZh, String nameEn, List<String> scopes) {}

    record Brands(List<Brand> items) {}

    private final JdbcClient db;
    private final Access access;
    private final Colleagues colleagues;

    Myself(JdbcClient db, Access access, Colleagues colleagues) {
        this.db = db;
        this.access = access;
        this.colleagues = colleagues;
    }

    @GetMapping("/api/me")
    @Anyone
    @Described("Who calls: a person, a colleague, or a program with a brand's key.")
    public Me me() {
        Who who = access.who();
        return switch (who) {
            case Who.Machine m ->
                new Me("key", m.key().toString(), m.name(), List.of(m.brand().toString()), scopes(m.scopes()));
            case Who.Colleague c ->
                new Me(
                        "staff",
                        c.staff().toString(),
                        c.name(),
                        colleagues.of(c.staff()).stream()
                                .map(m -> m.brand().toString())
                                .toList(),
                        List.of());
            case Who.Person p -> new Me("collector", p.collector().toString(), "", List.of(), List.of());
            case Who.Guest g -> throw access.unknown();
        };
    }

    @GetMapping("/api/brands")
    @Requires(Permission.SEE)
    @Described("The brands that the caller may see, and what he may do for each.")
    public Brands brands() {
        Who who = access.who();
        return new Brands(db
                .sql("select brand_id, slug, kind, name_zh, name_en from brands order by slug")
                .query((row, n) -> {
                    UUID id = row.getObject("brand_id", UUID.class);
                    return new Brand(
                            id,
                            row.getString("slug"),
                            row.getString("kind"),
                            row.getString("name_zh"),
                            row.getString("name_en"),
                            List.of());
                })
                .list()
                .stream()
                .map(b -> new Brand(
                        b.id(),
                        b.slug(),
                        b.kind(),
                        b.nameZh(),
                        b.nameEn(),
                        scopes(access.permissions(who, new BrandId(b.id())))))
                .filter(b -> !b.scopes().isEmpty())
                .toList());
    }

    private static List<String> scopes(java.util.Collection<Permission> permissions) {
        return permissions.stream().map(Permission::scope).sorted().toList();
    }
}
