package io.swarmgrid.node.cli;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm get}: files of the grid into local ones. A local file appears under its name when it is whole. */
@Command(name = "get", description = "Fetch files; - is standard output.")
final class GetCommand extends GridCommand {
    private static final int THREADS = 4;

    @Option(
            names = {"-r", "-R", "--recursive"},
            description = "Directories with all that is in them")
    private boolean recursive;

    @Option(
            names = {"-f", "--overwrite"},
            description = "Replace local files that are there")
    private boolean overwrite;

    @Parameters(index = "0", paramLabel = "PATH", description = "What to fetch")
    private String source = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "FILE", description = "Local file or directory; default here")
    private @Nullable String target;

    /** One file on its way. */
    private record Item(FileStatus source, Path target) {}

    @Override
    int run(Session session) throws Exception {
        Namespace namespace = new Namespace(session);
        FileStatus status = namespace.status(source);
        Transfers transfers = new Transfers(session, Transfers.FileOptions.DEFAULT);
        if ("-".equals(target)) {
            WritableByteChannel out = Channels.newChannel(session.output().out());
            try (Progress progress =
                    Progress.ofBytes(session.output().progress(), "get " + source, status.sizeBytes())) {
                transfers.get(status.path(), out, progress);
            }
            return ExitCode.OK;
        }
        List<Item> items = items(namespace, status);
        long total = items.stream().mapToLong(item -> item.source().sizeBytes()).sum();
        String label = items.size() == 1 ? status.path() : items.size() + " files";
        long start = System.nanoTime();
        try (Progress progress = Progress.ofBytes(session.output().progress(), "get " + label, total)) {
            int threads = Math.max(1, Math.min(THREADS, items.size()));
            Parallel.each("get", threads, items, item -> fetch(transfers, item, progress));
        }
        done(session.output(), label, items.size(), total, System.nanoTime() - start);
        return ExitCode.OK;
    }

    private static void done(Output output, String label, int files, long total, long nanos) {
        if (output.json()) {
            output.document(Map.of("files", files, "size_bytes", total, "duration_ms", nanos / 1_000_000));
        }
        output.say(String.format(
                Locale.ROOT,
                "fetched %s, %s in %s (%s)",
                label,
                Units.bytes(total),
                Units.nanos(nanos),
                Units.bytesPerSecond(total / (nanos / 1e9))));
    }

    private void fetch(Transfers transfers, Item item, Progress progress) throws IOException {
        Path whole = item.target();
        if (Files.exists(whole) && !overwrite) {
            throw new FileAlreadyExistsException(whole + " (-f replaces it)");
        }
        Path part = whole.resolveSibling("." + whole.getFileName() + ".part");
        try {
            try (FileChannel out = FileChannel.open(
                    part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
                transfers.get(item.source().path(), out, progress);
            }
            Files.move(part, whole, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private List<Item> items(Namespace namespace, FileStatus status) throws IOException {
        GridPath root = GridPath.parse(status.path());
        Path local = target == null ? Path.of(".") : Path.of(target);
        boolean into = Files.isDirectory(local) || (target != null && target.endsWith("/"));
        Path place = into ? local.resolve(root.name()) : local;
        if (status.kind() == EntryKind.FILE) {
            Path parent = place.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            return List.of(new Item(status, place));
        }
        if (!recursive) {
            throw new GridException(
                    ErrorCode.IS_A_DIRECTORY, "a directory: " + root, root.toString(), "-r fetches directories", null);
        }
        List<Item> items = new ArrayList<>();
        List<Path> directories = new ArrayList<>(List.of(place));
        namespace.walk(status.path(), entry -> {
            Path below = place;
            List<String> names = GridPath.parse(entry.path()).names();
            for (String name : names.subList(root.names().size(), names.size())) {
                below = below.resolve(name);
            }
            if (entry.kind() == EntryKind.FILE) {
                items.add(new Item(entry, below));
            } else {
                directories.add(below);
            }
        });
        for (Path directory : directories) {
            Files.createDirectories(directory);
        }
        return items;
    }
}
