package vitrine.platform.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import vitrine.platform.StartRefused;

/**
 * Who PostgreSQL runs as. It refuses to be root, rightly: whoever breaks into it would own the machine. As root we
 * therefore either start it in a user namespace of its own (there it is nobody, has no rights, and its files stay
 * root's), or hand the folder to another user and become that one. A folder that has an owner keeps it.
 *
 * @param prefix the words before a command; empty when we are not root
 * @param user whom the folder must belong to; null when that is ourselves
 */
record RunAs(List<String> prefix, @Nullable String user) {

    static RunAs decide(Path data, @Nullable String wanted) {
        var me = System.getProperty("user.name", "");
        var owner = owner(data);
        if (!isRoot()) {
            if (owner != null && !owner.equals(me)) {
                throw new StartRefused(
                        StartRefused.CONFIGURATION,
                        "%s belongs to %s and you are %s: start as %s, or choose another folder with --data."
                                .formatted(data, owner, me, owner));
            }
            return new RunAs(List.of(), null);
        }
        if (owner != null && !owner.equals("root")) return becoming(owner);
        if (wanted != null) return becoming(wanted);
        var namespace = List.of("unshare", "-U");
        // Without a name for its user id, initdb gives up; so ask for the name, not only for the namespace.
        if (Commands.run(with(namespace, List.of("id", "-un"))).exitCode() == 0) return new RunAs(namespace, null);
        if (owner != null) {
            throw new StartRefused(
                    StartRefused.CONFIGURATION,
                    ("%s belongs to root, PostgreSQL refuses to run as root, and this machine allows no user namespaces: run"
                                    + " 'chown -R USER %s' for a user of your choice and start again.")
                            .formatted(data, data));
        }
        for (var user : List.of("postgres", "nobody")) {
            if (Commands.run(List.of("id", "-u", user)).exitCode() == 0) return becoming(user);
        }
        throw new StartRefused(
                StartRefused.CONFIGURATION,
                "PostgreSQL refuses to run as root, and neither a user namespace nor another user is to be had: start"
                        + " Vitrine as a normal user, or name a database with VITRINE_DB_URL.");
    }

    private static RunAs becoming(String user) {
        var ways = List.of(
                List.of("setpriv", "--reuid=" + user, "--regid=" + groupOf(user), "--clear-groups"),
                List.of("runuser", "-u", user, "--"));
        for (var way : ways) {
            if (Commands.run(with(way, List.of("true"))).exitCode() == 0) return new RunAs(way, user);
        }
        throw new StartRefused(
                StartRefused.CONFIGURATION, "Neither setpriv nor runuser can become %s here.".formatted(user));
    }

    private static String groupOf(String user) {
        var said = Commands.run(List.of("id", "-g", user));
        if (said.exitCode() != 0) {
            throw new StartRefused(StartRefused.CONFIGURATION, "There is no user %s on this machine.".formatted(user));
        }
        return said.output().strip();
    }

    Commands.Said run(List<String> command) {
        return Commands.run(with(prefix, command));
    }

    /** Hands over what PostgreSQL must own. With no other user there is nothing to hand over. */
    void give(Path file) {
        if (user == null) return;
        try {
            var owner = file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user);
            Files.setOwner(file, owner);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets the other user pass through our folder to its own; it sees no names on the way. */
    void letPass(Path folder) {
        if (user == null) return;
        try {
            var permissions = Files.getPosixFilePermissions(folder);
            permissions.add(PosixFilePermission.GROUP_EXECUTE);
            permissions.add(PosixFilePermission.OTHERS_EXECUTE);
            Files.setPosixFilePermissions(folder, permissions);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (run(List.of("test", "-x", folder.toString())).exitCode() != 0) {
            throw new StartRefused(
                    StartRefused.CONFIGURATION,
                    "PostgreSQL would run as %s, who may not enter %s: choose a folder outside of root's home with --data."
                            .formatted(user, folder));
        }
    }

    private static boolean isRoot() {
        return System.getProperty("user.name", "").equals("root");
    }

    private static @Nullable String owner(Path file) {
        try {
            return Files.exists(file) ? Files.getOwner(file).getName() : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> with(List<String> prefix, List<String> command) {
        var all = new ArrayList<>(prefix);
        all.addAll(command);
        return all;
    }
}
