package vitrine.journey;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** The demo lives through its nine weeks once for all journeys, and closes with the last of them. */
final class OneFestival implements ParameterResolver {

    private static final ExtensionContext.Namespace HERE = ExtensionContext.Namespace.create(OneFestival.class);

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
