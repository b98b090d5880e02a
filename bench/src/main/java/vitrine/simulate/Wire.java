package vitrine.simulate;

import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The wire between a node and its database, where everything can go wrong that goes wrong between two computers. Each commit passes
 * here, also those of a statement that is its own transaction: before it and after it the wire may break, or the node may die.
 */
final class Wire implements DataSource {

    /** What happens at a commit. */
    enum Fate {
        NOTHING,
        /** The connection breaks before the commit reached the database: nothing happened, and the node hears an error. */
        BREAKS_BEFORE,
        /** It is committed, and the answer is lost: the node hears the same error. */
        BREAKS_AFTER,
        DIES_BEFORE,
        DIES_AFTER
    }

    /** Asked at each commit of something that was written. */
    interface Fates {
        /** @param what the statements that wrote, one after the other */
        Fate next(String what);
    }

    /** Hears of every statement, and afterwards of what was written. */
    interface Watch {
        Watch NONE = new Watch() {};

        /** It is about to run. */
        default void says(String sql) {}

        /** @param changed whether there was anything to change */
        default void wrote(String sql, boolean changed) {}

        /** @param what the statements of it that changed something, one after the other; never none */
        default void committed(String what) {}
    }

    /** May write another SQL in place of one, and sees every statement before it runs. */
    interface Mischief {
        Mischief NONE = new Mischief() {};

        default String rewrite(String sql) {
            return sql;
        }

        /** Commits what the transaction did so far, before this statement: what belonged together is cut in two. */
        default boolean cutsBefore(String sql) {
            return false;
        }

        /** The database could not read a statement, or knows no such thing: what was written in its place is wrong by itself. */
        default void notUnderstood(String sql, SQLException refusal) {}

        /** The node does not hear that its connection broke before a commit. */
        default boolean hidesLosses() {
            return false;
        }
    }

    /**
     * The first time that a statement with this fragment is about to run, {@code act} runs before it: a transaction held open.
     *
     * @param frozen the node is frozen meanwhile, and the database puts it out: its locks are gone, and when it thaws it finds its
     *     connection broken
     */
    private record Meeting(String fragment, Runnable act, boolean frozen) {}

    /** The class of SQLSTATE of what is no SQL, or names what is not there. */
    private static final String SYNTAX_OR_NAME = "42";

    private static final Fates FAIR = what -> Fate.NOTHING;

    private final DataSource real;
    private volatile Fates fates = FAIR;
    private volatile Mischief mischief = Mischief.NONE;
    private volatile Watch watch = Watch.NONE;
    private volatile boolean dead;
    private final AtomicReference<@Nullable Meeting> meeting = new AtomicReference<>();
    final AtomicLong commits = new AtomicLong();

    private final Meetings meetings;

    /** @param meetings hears of each meeting that is armed on it, and of each that comes about */
    Wire(DataSource real, Meetings meetings) {
        this.real = real;
        this.meetings = meetings;
    }

    void fates(@Nullable Fates next) {
        fates = next == null ? FAIR : next;
    }

    void mischief(Mischief next) {
        mischief = next;
    }

    void watch(Watch next) {
        watch = next;
    }

    void meet(String fragment, Runnable act) {
        arm(new Meeting(fragment, act, false));
    }

    void freeze(String fragment, Runnable meanwhile) {
        arm(new Meeting(fragment, meanwhile, true));
    }

    private void arm(Meeting next) {
        meetings.armed(next.fragment);
        meeting.set(next);
    }

    /** True: nobody came. */
    boolean stopMeeting() {
        return meeting.getAndSet(null) != null;
    }

    boolean isDead() {
        return dead;
    }

    /** The node dies here: whatever it says from now on nobody hears. */
    Died dies(String where) {
        dead = true;
        return new Died(where);
    }

    /** Another process takes the dead one's place. */
    void revive() {
        dead = false;
    }

    @Override
    public Connection getConnection() throws SQLException {
        if (dead) throw new Died("a dead node asked for a connection");
        Connection connection = real.getConnection();
        return (Connection) Proxy.newProxyInstance(
                Wire.class.getClassLoader(), new Class<?>[] {Connection.class}, new OneConnection(connection));
    }

    private Fate fate(String what) {
        commits.incrementAndGet();
        Fate fate = fates.next(what);
        if (fate == Fate.DIES_BEFORE || fate == Fate.DIES_AFTER) dead = true;
        return fate;
    }

    private static SQLException broken() {
        return new SQLException("the connection broke", "08006");
    }

    /** Something that happens at the database, and is its own transaction. */
    private interface Act {
        @Nullable
        Object run() throws Throwable;
    }

    private final class OneConnection implements InvocationHandler {
        private final Connection real;
        private final List<String> wrote = new ArrayList<>();
        private final List<String> changed = new ArrayList<>();

        OneConnection(Connection real) {
            this.real = real;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] args) throws Throwable {
            switch (method.getName()) {
                case "commit" -> {
                    return commit();
                }
                case "rollback" -> {
                    begin();
                    return call(real, method, args);
                }
                case "close" -> {
                    if (!real.isClosed() && !real.getAutoCommit() && dead) real.rollback();
                    return call(real, method, args);
                }
                case "prepareStatement" -> {
                    if (dead) throw new Died("a dead node spoke");
                    Object[] changed = args == null ? new Object[0] : args.clone();
                    String sql = mischief.rewrite((String) changed[0]);
                    changed[0] = sql;
                    Object statement = made(real, method, changed);
                    return Proxy.newProxyInstance(
                            Wire.class.getClassLoader(),
                            new Class<?>[] {PreparedStatement.class},
                            new OneStatement(this, (Connection) proxy, (Statement) statement, sql));
                }
                case "createStatement" -> {
                    if (dead) throw new Died("a dead node spoke");
                    Object statement = made(real, method, args);
                    return Proxy.newProxyInstance(
                            Wire.class.getClassLoader(),
                            new Class<?>[] {Statement.class},
                            new OneStatement(this, (Connection) proxy, (Statement) statement, ""));
                }
                case "unwrap" -> {
                    Class<?> wanted = (Class<?>) first(args);
                    return wanted.isInstance(real) ? real : real.unwrap(wanted);
                }
                case "isWrapperFor" -> {
                    return real.isWrapperFor((Class<?>) first(args));
                }
                default -> {
                    return call(real, method, args);
                }
            }
        }

        private @Nullable Object commit() throws Throwable {
            if (dead) {
                real.rollback();
                throw new Died("a dead node committed");
            }
            Fate fate = wrote.isEmpty() ? Fate.NOTHING : fate(String.join("; ", wrote));
            String done = String.join("; ", changed);
            begin();
            switch (fate) {
                case BREAKS_BEFORE -> {
                    real.rollback();
                    if (!mischief.hidesLosses()) throw broken();
                }
                case DIES_BEFORE -> {
                    real.rollback();
                    throw new Died("before a commit");
                }
                case BREAKS_AFTER -> {
                    real.commit();
                    throw broken();
                }
                case DIES_AFTER -> {
                    real.commit();
                    throw new Died("after a commit");
                }
                case NOTHING -> {
                    real.commit();
                    if (!done.isEmpty()) watch.committed(done);
                }
            }
            return null;
        }

        private void begin() {
            wrote.clear();
            changed.clear();
        }

        /** Runs it, and sees whether it changed anything. */
        private @Nullable Object run(String sql, Act act) throws Throwable {
            Object result = act.run();
            if (watch == Watch.NONE) return result;
            boolean some = changes(result);
            watch.wrote(sql, some);
            if (some) changed.add(sql);
            return result;
        }

        @Nullable
        Object execute(String sql, Act act) throws Throwable {
            if (dead) throw new Died("a dead node spoke");
            watch.says(sql);
            meetings.says(sql);
            Meeting here = meeting.get();
            if (here != null && sql.contains(here.fragment) && meeting.compareAndSet(here, null)) {
                meetings.met(here.fragment);
                if (here.frozen) real.rollback();
                here.act.run();
                if (here.frozen) throw broken();
            }
            boolean writes = writes(sql);
            if (!real.getAutoCommit()) {
                if (!wrote.isEmpty() && mischief.cutsBefore(sql)) commit();
                if (!writes) return act.run();
                wrote.add(sql);
                return run(sql, act);
            }
            if (!writes) return act.run();
            return switch (fate(sql)) {
                case BREAKS_BEFORE -> throw broken();
                case DIES_BEFORE -> throw new Died("before a statement of its own");
                case BREAKS_AFTER -> {
                    act.run();
                    throw broken();
                }
                case DIES_AFTER -> {
                    act.run();
                    throw new Died("after a statement of its own");
                }
                case NOTHING -> {
                    Object result = run(sql, act);
                    if (!changed.isEmpty()) watch.committed(sql);
                    begin();
                    yield result;
                }
            };
        }
    }

    /** @param result of a statement: how many rows, of each in a batch, or the rows themselves */
    private static boolean changes(@Nullable Object result) throws SQLException {
        return switch (result) {
            case Integer rows -> rows > 0;
            case int[] rows -> IntStream.of(rows).anyMatch(n -> n != 0);
            case ResultSet rows -> rows.isBeforeFirst();
            case null, default -> true;
        };
    }

    private static boolean writes(String sql) {
        String text = sql.stripLeading().toLowerCase(java.util.Locale.ROOT);
        return text.startsWith("insert")
                || text.startsWith("update")
                || text.startsWith("delete")
                || text.startsWith("with")
                        && (text.contains("insert into") || text.contains("delete from") || text.contains("update "));
    }

    private final class OneStatement implements InvocationHandler {
        private final OneConnection connection;
        private final Connection proxy;
        private final Statement real;
        private final String sql;

        OneStatement(OneConnection connection, Connection proxy, Statement real, String sql) {
            this.connection = connection;
            this.proxy = proxy;
            this.real = real;
            this.sql = sql;
        }

        @Override
        public @Nullable Object invoke(Object self, Method method, Object @Nullable [] args) throws Throwable {
            String name = method.getName();
            if (name.equals("getConnection")) return proxy;
            if (name.startsWith("execute")) {
                if (args != null && args.length > 0 && args[0] instanceof String text) {
                    Object[] changed = args.clone();
                    changed[0] = mischief.rewrite(text);
                    return connection.execute((String) changed[0], () -> said((String) changed[0], method, changed));
                }
                return connection.execute(sql, () -> said(sql, method, args));
            }
            if (name.equals("unwrap")) {
                Class<?> wanted = (Class<?>) first(args);
                return wanted.isInstance(real) ? real : real.unwrap(wanted);
            }
            return call(real, method, args);
        }

        private @Nullable Object said(String text, Method method, Object @Nullable [] args) throws Throwable {
            try {
                return call(real, method, args);
            } catch (SQLException e) {
                if (String.valueOf(e.getSQLState()).startsWith(SYNTAX_OR_NAME)) mischief.notUnderstood(text, e);
                throw e;
            }
        }
    }

    private static Object first(Object @Nullable [] args) {
        if (args == null || args.length == 0) throw new IllegalArgumentException("an argument is missing");
        return args[0];
    }

    private static Object made(Object target, Method method, Object @Nullable [] args) throws Throwable {
        return java.util.Objects.requireNonNull(call(target, method, args));
    }

    private static @Nullable Object call(Object target, Method method, Object @Nullable [] args) throws Throwable {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {}

    @Override
    public void setLoginTimeout(int seconds) {}

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return type.isInstance(this) ? type.cast(this) : real.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return type.isInstance(this) || real.isWrapperFor(type);
    }
}
