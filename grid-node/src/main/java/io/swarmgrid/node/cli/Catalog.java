package io.swarmgrid.node.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The commands by name; a command's class is loaded when that command is asked for, and not before. */
final class Catalog {
    /** One command and the class that runs it. */
    record Entry(String name, String className) {
        Class<?> load() {
            try {
                return Class.forName(className);
            } catch (ClassNotFoundException e) {
                throw new IllegalStateException("command " + name + " has no class " + className, e);
            }
        }
    }

    private static final String HERE = "io.swarmgrid.node.cli.";

    static final List<Entry> ENTRIES = List.of(
            new Entry("put", HERE + "PutCommand"),
            new Entry("get", HERE + "GetCommand"),
            new Entry("ls", HERE + "ListCommand"),
            new Entry("stat", HERE + "StatCommand"),
            new Entry("cat", HERE + "CatCommand"),
            new Entry("rm", HERE + "RemoveCommand"),
            new Entry("trash", HERE + "TrashCommand"),
            new Entry("mv", HERE + "MoveCommand"),
            new Entry("concat", HERE + "ConcatCommand"),
            new Entry("mkdir", HERE + "MakeDirectoryCommand"),
            new Entry("attach", HERE + "AttachCommand"),
            new Entry("detach", HERE + "DetachCommand"),
            new Entry("mounts", HERE + "MountsCommand"),
            new Entry("du", HERE + "UsageCommand"),
            new Entry("quota", HERE + "QuotaCommand"),
            new Entry("locate", HERE + "LocateCommand"),
            new Entry("setrep", HERE + "SetReplicationCommand"),
            new Entry("policy", HERE + "PolicyCommand"),
            new Entry("pin", HERE + "PinCommand"),
            new Entry("unpin", HERE + "UnpinCommand"),
            new Entry("load", HERE + "LoadCommand"),
            new Entry("fsck", HERE + "FsckCommand"),
            new Entry("recover", HERE + "RecoverCommand"),
            new Entry("backup", HERE + "BackupCommand"),
            new Entry("dataset", HERE + "DatasetCommand"),
            new Entry("checkpoint", HERE + "CheckpointCommand"),
            new Entry("task", HERE + "TaskCommand"),
            new Entry("grid", HERE + "GridStateCommand"),
            new Entry("mount", HERE + "MountCommand"),
            new Entry("umount", HERE + "UmountCommand"),
            new Entry("hdfs-env", HERE + "HdfsEnvCommand"),
            new Entry("doctor", HERE + "DoctorCommand"),
            new Entry("completion", HERE + "CompletionCommand"),
            new Entry("warm-archive", HERE + "WarmArchiveCommand"),
            new Entry("node", HERE + "NodeCommand"),
            new Entry("demo", "io.swarmgrid.node.demo.DemoCommand"),
            new Entry("bench", "io.swarmgrid.node.bench.BenchCommand"));

    private Catalog() {}

    /**
     * The command among the words, by the same rule as the parser's: the first word that is neither an option nor an
     * option's value. Null where there is none, or where it is unknown: then every command is loaded, for the help.
     */
    static @Nullable Entry asked(String[] words) {
        for (int i = 0; i < words.length; i++) {
            String word = words[i];
            if (word.startsWith("-")) {
                if (SwarmCommand.OPTIONS_WITH_VALUE.contains(word)) {
                    i++;
                }
                continue;
            }
            return ENTRIES.stream()
                    .filter(entry -> entry.name().equals(word) && !word.equals("completion"))
                    .findFirst()
                    .orElse(null);
        }
        return null;
    }
}
