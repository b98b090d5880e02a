package vitrine.journey;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The demo lives through its nine weeks once for all journeys, and closes with the last of them. */
final class OneFestival implements BeforeEachCallback, ParameterResolver {

    private static final ExtensionContext.Namespace HERE = ExtensionContext.Namespace.create(OneFestival.class);

    /** Each test's people come as in an hour of their own: how often somebody signed in for the tests before does not count. */
    @Override
    public void beforeEach(ExtensionContext test) {
        Festival open = test.getRoot().getStore(HERE).get(Festival.class, Festival.class);
        if (open != null)
            open.bean(JdbcClient.class).sql("delete from attempt_counts").update();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType() == Festival.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        return test.getRoot()
                .getStore(HERE)
                .computeIfAbsent(
                        Festival.class,
                        key -> {
                            try {
                                return Festival.open();
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        },
                        Festival.class);
    }
}
