package io.swarmgrid.node.cli;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PutMany;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm put}: local files and directories, or standard input, into the grid. */
@Command(name = "put", description = "Store local files; - is standard input.")
final class PutCommand extends GridCommand {
    private static final int THREADS = 4;

    @Option(
            names = {"-r", "-R", "--recursive"},
            description = "Directories with all that is in them")
    private boolean recursive;

    @Option(
            names = {"-f", "--overwrite"},
            description = "Replace files that are there")
    private boolean overwrite;

    @Option(names = "--replicas", paramLabel = "N", description = "Copies of every block; default the grid's")
    private @Nullable Integer replicas;

    @Option(names = "--durability", paramLabel = "KIND", description = "memory, process or power; default the path's")
    private @Nullable String durability;

    @Parameters(arity = "2..*", paramLabel = "FILE", description = "What to store, and last the path to store it at")
    private List<String> words = List.of();

    @Override
    int run(Session session) throws Exception {
        List<PutItem> items = items(new Namespace(session));
        long total =
                items.stream().mapToLong(item -> Math.max(0, item.sizeBytes())).sum();
        boolean unknown = items.stream().anyMatch(item -> item.sizeBytes() < 0);
        String label = items.size() == 1 ? items.get(0).target() : items.size() + " files";
        Transfers transfers = new Transfers(session, new Transfers.FileOptions(overwrite, replicas, durability));
        try (Progress progress = Progress.ofBytes(session.output().progress(), "put " + label, unknown ? 0 : total)) {
            List<List<PutItem>> batches = PutBatches.of(items);
            Parallel.each("put", Math.min(THREADS, batches.size()), batches, batch -> put(transfers, batch, progress));
            done(session.output(), items, progress);
        }
        return ExitCode.OK;
    }

    private static void put(Transfers transfers, List<PutItem> batch, Progress progress) throws IOException {
        if (batch.size() > 1) {
            Optional<List<PutMany.File>> together = PutBatches.read(batch);
            if (together.isPresent()
                    && transfers.putMany(PutBatches.directory(batch.get(0)), together.get(), progress)) {
                return;
            }
        }
        for (PutItem item : batch) {
            put(transfers, item, progress);
        }
    }

    private static void put(Transfers transfers, PutItem item, Progress progress) throws IOException {
        Path source = item.source();
        if (source == null) {
            try (ReadableByteChannel in = Channels.newChannel(System.in)) {
                transfers.put(in, item.sizeBytes(), item.target(), progress);
            }
        } else {
            try (FileChannel in = FileChannel.open(source, StandardOpenOption.READ)) {
                transfers.put(in, item.sizeBytes(), item.target(), progress);
            }
        }
    }

    private static void done(Output output, List<PutItem> items, Progress progress) {
        long nanos = progress.elapsedNanos();
        progress.close();
        if (output.json()) {
            output.document(
                    Map.of("files", items.size(), "size_bytes", progress.done(), "duration_ms", nanos / 1_000_000));
            return;
        }
        output.say(String.format(
                Locale.ROOT,
                "stored %s, %s in %s (%s)",
                items.size() == 1 ? items.get(0).target() : items.size() + " files",
                Units.bytes(progress.done()),
                Units.nanos(nanos),
                Units.bytesPerSecond(progress.done() / (nanos / 1e9))));
    }

    private List<PutItem> items(Namespace namespace) throws IOException {
        String target = words.get(words.size() - 1);
        List<String> sources = words.subList(0, words.size() - 1);
        FileStatus there = namespace.statusOrNull(target);
        boolean into =
                target.endsWith("/") || sources.size() > 1 || (there != null && there.kind() == EntryKind.DIRECTORY);
        List<PutItem> items = new ArrayList<>();
        for (String source : sources) {
            if (source.equals("-")) {
                if (into) {
                    throw misuse("standard input needs the name of a file, not of a directory: " + target);
                }
                items.add(new PutItem(null, target, -1));
                continue;
            }
            Path local = Path.of(source);
            if (!Files.exists(local)) {
                throw new NoSuchFileException(source);
            }
            Path name = local.toAbsolutePath().normalize().getFileName();
            String under = into && name != null
                    ? GridPath.parse(target).child(name.toString()).toString()
                    : target;
            if (Files.isDirectory(local)) {
                addTree(namespace, local, under, items);
            } else {
                items.add(new PutItem(local, under, Files.size(local)));
            }
        }
        return items;
    }

    private void addTree(Namespace namespace, Path root, String target, List<PutItem> items) throws IOException {
        if (!recursive) {
            throw new GridException(
                    ErrorCode.IS_A_DIRECTORY, "a directory: " + root, null, "-r stores directories", null);
        }
        try (Stream<Path> paths = Files.walk(root)) {
            for (Path path : paths.sorted().toList()) {
                GridPath place = GridPath.parse(target);
                for (Path part : root.relativize(path)) {
                    place = part.toString().isEmpty() ? place : place.child(part.toString());
                }
                if (Files.isDirectory(path)) {
                    namespace.makeDirectories(place.toString());
                } else if (Files.isRegularFile(path)) {
                    items.add(new PutItem(path, place.toString(), Files.size(path)));
                }
            }
        }
    }
}
