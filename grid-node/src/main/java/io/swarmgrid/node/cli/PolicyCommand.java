package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PolicyAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm policy}: how the files that are made in a directory are kept. */
@Command(
        name = "policy",
        description =
                "Show or set how the files made in a directory from now on are kept; new directories in it take it over.")
final class PolicyCommand extends GridCommand {
    /** What takes a policy away again. */
    private static final String DEFAULT = "default";

    @Option(
            names = "--durability",
            paramLabel = "KIND",
            description =
                    "What an acknowledged write survives: memory, process or power; default: as the nodes have it")
    private @Nullable String durability;

    @Option(names = "--replicas", paramLabel = "N", description = "Copies, 1 to 16; default: as the nodes have it")
    private @Nullable String replicas;

    @Option(
            names = {"-R", "--recursive"},
            description = "Set it on the directories below, too")
    private boolean recursive;

    @Parameters(paramLabel = "PATH")
    private String path = "";

    @Override
    int run(Session session) {
        Namespace namespace = new Namespace(session);
        Map<String, String> asked = new LinkedHashMap<>();
        if (durability != null) {
            asked.put(PolicyAttributes.DURABILITY, durability);
        }
        if (replicas != null) {
            asked.put(PolicyAttributes.REPLICAS, replicas);
        }
        if (recursive && asked.isEmpty()) {
            throw misuse("--recursive sets something: give --durability or --replicas as well");
        }
        FileStatus status = namespace.status(path);
        List<String> directories = new ArrayList<>();
        if (!asked.isEmpty()) {
            status = set(namespace, path, asked);
            directories.add(path);
        }
        if (recursive) {
            namespace.walk(path, entry -> {
                if (entry.kind() != EntryKind.FILE) {
                    set(namespace, entry.path(), asked);
                    directories.add(entry.path());
                }
            });
        }
        tell(session.output(), status, directories.size());
        return ExitCode.OK;
    }

    private static FileStatus set(Namespace namespace, String directory, Map<String, String> asked) {
        @Nullable FileStatus status = null;
        for (Map.Entry<String, String> each : asked.entrySet()) {
            boolean clears = each.getValue().equals(DEFAULT);
            status = namespace.setAttribute(directory, each.getKey(), clears ? null : each.getValue());
        }
        return Objects.requireNonNull(status, "nothing was asked");
    }

    private static void tell(Output output, FileStatus status, int changed) {
        String durability = orDefault(status.attribute(PolicyAttributes.DURABILITY));
        String replicas = orDefault(status.attribute(PolicyAttributes.REPLICAS));
        if (output.json()) {
            output.document(Map.of(
                    "path",
                    status.path(),
                    "durability",
                    durability,
                    "replicas",
                    replicas,
                    "changed_directories",
                    changed));
        } else {
            output.line(status.path() + "  durability " + durability + "  replicas " + replicas);
            if (changed > 1) {
                output.say(Units.count(changed) + " directories have it now");
            }
        }
    }

    private static String orDefault(@Nullable String value) {
        return value == null ? DEFAULT : value;
    }
}
