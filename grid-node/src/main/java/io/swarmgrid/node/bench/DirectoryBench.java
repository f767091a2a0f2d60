package io.swarmgrid.node.bench;

import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.ListRequest;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.PutMany;
import io.swarmgrid.client.wire.PutManyResult;
import io.swarmgrid.client.wire.Remove;
import io.swarmgrid.client.wire.Removed;
import io.swarmgrid.client.wire.Rename;
import io.swarmgrid.node.cli.Output;
import io.swarmgrid.node.cli.Parallel;
import io.swarmgrid.node.cli.Session;
import io.swarmgrid.node.local.LocalGrid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One directory of very many entries, on one node: how fast it fills, and that its first page, its rename and its removal cost what those
 * of a small one do; and what an entry takes of the memory and the disk of the metadata.
 */
final class DirectoryBench {
    static final String PART = "directory";

    private static final String ROOT = "/directory";
    private static final int BATCH = 128;
    private static final int THREADS = 4;
    private static final int FILE_BYTES = 100;
    private static final int PAGE = 1000;
    private static final int CALLS = 200;
    /** What the metadata of a million files and a node at work need of memory, and more. */
    private static final Map<String, String> SETTINGS =
            Map.of("grid.name", "bench", "metadata.region-size", "3GiB", "metadata.backups", "0");

    private static final String MILLIS = "ms";
    private static final String BYTES = "B";

    private final Path directory;
    private final Scale scale;
    private final Output output;
    private final Tally tally = new Tally(PART);

    DirectoryBench(Path directory, Scale scale, Output output) {
        this.directory = directory;
        this.scale = scale;
        this.output = output;
    }

    List<Result> run() throws Exception {
        Path data = Files.createTempDirectory(directory, PART);
        try (LocalGrid grid = LocalGrid.start(data, 1, SETTINGS);
                Session session = Session.connect(grid.addresses(), output)) {
            output.say("directory: warming up");
            fill(session, "/warm-up", scale.entries() / 10);
            measure(session, "/warm-up", scale.entries() / 10, null);
            NodePage page = new NodePage(grid.nodes().get(0).http());
            double before = used(page);
            String count = String.format(Locale.ROOT, "%,d", scale.entries());
            output.say("directory: making " + count + " entries");
            double seconds = fill(session, ROOT, scale.entries());
            tally.add(
                    "create, " + BATCH + " at once, " + count + " entries",
                    Arena.SWARM,
                    "/s",
                    scale.entries() / seconds);
            tally.add(
                    "memory of the metadata a file of " + FILE_BYTES + " B",
                    Arena.SWARM,
                    BYTES,
                    (used(page) - before) / scale.entries());
            measure(session, ROOT, scale.entries(), " of " + count);
        } finally {
            Peers.deleteTree(data);
        }
        return tally.results();
    }

    /** @return seconds */
    private static double fill(Session session, String path, int entries) throws Exception {
        byte[] content = new byte[FILE_BYTES];
        List<Integer> starts = IntStream.iterate(0, from -> from < entries, from -> from + BATCH)
                .boxed()
                .toList();
        long begin = System.nanoTime();
        Parallel.each("fill", THREADS, starts, from -> {
            List<PutMany.File> files = new ArrayList<>();
            for (int i = from; i < Math.min(entries, from + BATCH); i++) {
                files.add(PutMany.File.of(name(i), content));
            }
            session.call(
                    "fs.put_many",
                    new PutMany(path, files, null, null, null, UUID.randomUUID().toString()),
                    PutManyResult.class);
        });
        return (System.nanoTime() - begin) / 1e9;
    }

    private static String name(int number) {
        return String.format(Locale.ROOT, "file-%09d", number);
    }

    /** @param of named in every line; null where nothing counts */
    private void measure(Session session, String path, int entries, @Nullable String of) throws Exception {
        for (int call = 0; call < CALLS; call++) {
            timed(
                    "first page" + of,
                    of,
                    () -> session.call("fs.list", new ListRequest(path, PAGE, null), Listing.class));
        }
        for (int call = 0; call < CALLS; call++) {
            String name = path + "/" + name(ThreadLocalRandom.current().nextInt(entries));
            timed("stat in it" + of, of, () -> session.call("fs.stat", Map.of("path", name), FileStatus.class));
        }
        long begin = System.nanoTime();
        long listed = 0;
        String token = null;
        do {
            Listing page = session.call("fs.list", new ListRequest(path, PAGE, token), Listing.class);
            listed += page.entries().size();
            token = page.nextPageToken();
        } while (token != null);
        if (listed != entries) {
            throw new IOException("listed " + listed + " of " + entries);
        }
        if (of != null) {
            tally.add("list, entries" + of, Arena.SWARM, "/s", listed / ((System.nanoTime() - begin) / 1e9));
        }
        String other = path + "-renamed";
        for (int round = 0; round < CALLS / 10; round++) {
            timed("rename" + of, of, () -> rename(session, path, other));
            timed("rename" + of, of, () -> rename(session, other, path));
        }
        timed(
                "delete" + of,
                of,
                () -> session.call(
                        "fs.remove", new Remove(path, true, UUID.randomUUID().toString()), Removed.class));
    }

    private static FileStatus rename(Session session, String from, String to) {
        return session.call(
                "fs.rename", new Rename(from, to, false, UUID.randomUUID().toString()), FileStatus.class);
    }

    private interface Call {
        Object run() throws Exception;
    }

    private void timed(String what, @Nullable String of, Call call) throws Exception {
        long begin = System.nanoTime();
        call.run();
        if (of != null) {
            tally.add(
                    what, Arena.SWARM, MILLIS, (System.nanoTime() - begin) / (double) TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private static double used(NodePage page) throws IOException, InterruptedException {
        return NodePage.sum(page.text(), "swarm_metadata_bytes");
    }
}
