package io.swarmgrid.node.bench;

import io.swarmgrid.node.cli.Namespace;
import io.swarmgrid.node.cli.Output;
import io.swarmgrid.node.cli.Parallel;
import io.swarmgrid.node.cli.Progress;
import io.swarmgrid.node.cli.Session;
import io.swarmgrid.node.cli.Transfers;
import java.io.ByteArrayInputStream;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/** Small files: create, stat, list, delete, from eight threads. */
final class FilesBench {
    private static final String PART = "files";
    private static final String ROOT = "/swarm-bench/files";
    private static final int THREADS = 8;
    private static final int FILE_BYTES = 100;
    private static final int LISTINGS = 200;

    private final Session session;
    private final Scale scale;
    private final Output output;

    FilesBench(Session session, Scale scale, Output output) {
        this.session = session;
        this.scale = scale;
        this.output = output;
    }

    /** @param where named in every line, such as {@code 3 nodes} */
    List<Result> run(String where) throws Exception {
        Map<String, List<Double>> rates = new LinkedHashMap<>();
        round(where + ", warming up", new LinkedHashMap<>());
        for (int round = 1; round <= scale.rounds(); round++) {
            round(where + ", round " + round + " of " + scale.rounds(), rates);
        }
        List<Result> results = new ArrayList<>();
        rates.forEach((what, all) -> results.add(Result.of(PART, what + ", " + where, "swarm", "ops/s", all)));
        return results;
    }

    private void round(String label, Map<String, List<Double>> rates) throws Exception {
        Namespace namespace = new Namespace(session);
        IntStream.range(0, THREADS).forEach(thread -> namespace.makeDirectories(ROOT + "/" + thread));
        List<String> paths = IntStream.range(0, scale.files())
                .mapToObj(i -> ROOT + "/" + i % THREADS + "/file-" + i)
                .toList();
        byte[] content = new byte[FILE_BYTES];
        Transfers transfers = new Transfers(session, Transfers.FileOptions.DEFAULT);
        try (Progress progress = Progress.ofItems(output.progress(), label, paths.size() * 3L, "calls")) {
            Progress silent = Progress.ofBytes(Progress.Style.silent(output.err()), label, 0);
            measure(
                    "create (" + FILE_BYTES + " B)",
                    paths,
                    rates,
                    progress,
                    path -> transfers.put(
                            Channels.newChannel(new ByteArrayInputStream(content)), FILE_BYTES, path, silent));
            measure("stat", paths, rates, progress, namespace::status);
            measureListing(namespace, rates);
            measure("delete", paths, rates, progress, namespace::remove);
        }
    }

    private void measure(
            String what,
            List<String> paths,
            Map<String, List<Double>> rates,
            Progress progress,
            Parallel.Work<String> call)
            throws Exception {
        long start = System.nanoTime();
        Parallel.each("bench", THREADS, paths, path -> {
            call.run(path);
            progress.advance(1);
        });
        double rate = paths.size() / ((System.nanoTime() - start) / 1e9);
        rates.computeIfAbsent(what, each -> new ArrayList<>()).add(rate);
    }

    /** Listings of whole directories; what counts is entries a second. */
    private void measureListing(Namespace namespace, Map<String, List<Double>> rates) throws Exception {
        List<String> directories = IntStream.range(0, Math.min(LISTINGS, scale.files() / THREADS))
                .mapToObj(i -> ROOT + "/" + i % THREADS)
                .toList();
        AtomicLong entries = new AtomicLong();
        long start = System.nanoTime();
        Parallel.each(
                "bench", THREADS, directories, directory -> namespace.list(directory, e -> entries.incrementAndGet()));
        double rate = entries.get() / ((System.nanoTime() - start) / 1e9);
        rates.computeIfAbsent(
                        "list (entries of " + scale.files() / THREADS + " a directory)", each -> new ArrayList<>())
                .add(rate);
    }
}
