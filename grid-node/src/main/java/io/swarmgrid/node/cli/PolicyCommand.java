package io.swarmgrid.node.cli;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PolicyAttributes;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm policy}: how the files that are made in a directory are kept, and for how long. */
@Command(
        name = "policy",
        description =
                "Show or set how the files made in a directory from now on are kept; new directories in it take it over.")
final class PolicyCommand extends GridCommand {
    /** What takes a policy away again. */
    private static final String DEFAULT = "default";

    private static final String NO_TTL = "none";

    @Option(
            names = "--durability",
            paramLabel = "KIND",
            description =
                    "What an acknowledged write survives: memory, process or power; default: as the nodes have it")
    private @Nullable String durability;

    @Option(names = "--replicas", paramLabel = "N", description = "Copies, 1 to 16; default: as the nodes have it")
    private @Nullable String replicas;

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            description =
                    "How long a file stays that nobody modifies, as 12h or 7d, before it goes to the trash; none: for ever. Also of a single file")
    private @Nullable String ttl;

    @Option(
            names = {"-R", "--recursive"},
            description = "Set it on the directories below, too; --ttl also on the files there")
    private boolean recursive;

    @Parameters(paramLabel = "PATH")
    private String path = "";

    /** What was changed below a path. */
    private static final class Count {
        private int directories;
        private long files;
        private long left;
    }

    @Override
    int run(Session session) {
        Namespace namespace = new Namespace(session);
        Map<String, String> asked = asked();
        if (recursive && asked.isEmpty()) {
            throw misuse("--recursive sets something: give --durability, --replicas or --ttl as well");
        }
        FileStatus status = namespace.status(path);
        Count count = new Count();
        for (Map.Entry<String, String> each : asked.entrySet()) {
            status = set(namespace, path, each);
        }
        if (!asked.isEmpty() && status.kind() != EntryKind.FILE) {
            count.directories++;
        }
        if (recursive && status.kind() != EntryKind.FILE) {
            namespace.walk(path, entry -> setBelow(namespace, entry, asked, count));
        }
        tell(session.output(), status, count);
        return ExitCode.OK;
    }

    private Map<String, String> asked() {
        Map<String, String> asked = new LinkedHashMap<>();
        if (durability != null) {
            asked.put(PolicyAttributes.DURABILITY, durability);
        }
        if (replicas != null) {
            asked.put(PolicyAttributes.REPLICAS, replicas);
        }
        if (ttl != null) {
            asked.put(PolicyAttributes.TTL, ttl);
        }
        return asked;
    }

    private static FileStatus set(Namespace namespace, String entry, Map.Entry<String, String> asked) {
        String value = asked.getValue();
        boolean clears =
                value.equals(DEFAULT) || (value.equals(NO_TTL) && asked.getKey().equals(PolicyAttributes.TTL));
        return namespace.setAttribute(entry, asked.getKey(), clears ? null : value);
    }

    private static void setBelow(Namespace namespace, FileStatus entry, Map<String, String> asked, Count count) {
        boolean isFile = entry.kind() == EntryKind.FILE;
        boolean isLeft = false;
        boolean isSet = false;
        for (Map.Entry<String, String> each : asked.entrySet()) {
            if (each.getKey().equals(PolicyAttributes.TTL)) {
                boolean done = setTtl(namespace, entry, each);
                isLeft = !done;
                isSet |= done;
            } else if (!isFile) {
                set(namespace, entry.path(), each);
                isSet = true;
            }
        }
        count.directories += isSet && !isFile ? 1 : 0;
        count.files += isSet && isFile ? 1 : 0;
        count.left += isLeft ? 1 : 0;
    }

    /** @return false where the entry stays as it is: its time has passed, it belongs to a dataset or a step, or it is gone */
    private static boolean setTtl(Namespace namespace, FileStatus entry, Map.Entry<String, String> asked) {
        try {
            set(namespace, entry.path(), asked);
            return true;
        } catch (GridException e) {
            if (e.code() == ErrorCode.PRECONDITION_FAILED || e.code() == ErrorCode.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    private static void tell(Output output, FileStatus status, Count count) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("path", status.path());
        document.put("durability", or(status.attribute(PolicyAttributes.DURABILITY), DEFAULT));
        document.put("replicas", or(status.attribute(PolicyAttributes.REPLICAS), DEFAULT));
        document.put("ttl", or(status.attribute(PolicyAttributes.TTL), NO_TTL));
        if (output.json()) {
            document.put("changed_directories", count.directories);
            document.put("changed_files", count.files);
            document.put("left", count.left);
            output.document(document);
            return;
        }
        output.line(status.path() + "  durability " + document.get("durability") + "  replicas "
                + document.get("replicas") + "  ttl " + document.get("ttl"));
        if (count.directories > 1 || count.files > 0) {
            output.say(Units.count(count.directories) + " directories and " + Units.count(count.files)
                    + " files have it now");
        }
        if (count.left > 0) {
            output.say(Units.count(count.left)
                    + " stay without the ttl: unmodified for longer than that, or of a dataset or checkpoint");
        }
    }

    private static String or(@Nullable String value, String otherwise) {
        return value == null ? otherwise : value;
    }
}
