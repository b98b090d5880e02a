package vitrine.payment;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** The gateways by their names. */
@Component
class Gateways {

    private final Map<String, Gateway> byName;

    Gateways(List<Gateway> gateways) {
        this.byName = gateways.stream().collect(Collectors.toUnmodifiableMap(Gateway::name, Function.identity()));
    }

    Gateway of(Way way) {
        return of(way.gateway());
    }

    Gateway of(String name) {
        Gateway gateway = byName.get(name);
        if (gateway == null) throw new IllegalArgumentException("there is no gateway " + name);
        return gateway;
    }

    Collection<Gateway> all() {
        return byName.values();
    }
}
