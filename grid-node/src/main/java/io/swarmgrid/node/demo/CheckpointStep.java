package io.swarmgrid.node.demo;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.CheckpointStatus;
import io.swarmgrid.node.cli.Checkpoints;
import io.swarmgrid.node.cli.Namespace;
import io.swarmgrid.node.cli.Output;
import io.swarmgrid.node.cli.Parallel;
import io.swarmgrid.node.cli.Progress;
import io.swarmgrid.node.cli.Session;
import io.swarmgrid.node.cli.Transfers;
import io.swarmgrid.node.cli.Units;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** Step 5: a checkpoint goes in and comes back bit for bit; one whose commit never came is not there. */
final class CheckpointStep {
    static final int SHARDS = 8;

    private static final long SHARD_BYTES = 16L << 20;
    private static final long SEED = 20261124;
    private static final String SERIES = "/checkpoints/demo";
    private static final long STEP = 1000;
    private static final long UNFINISHED_STEP = 2000;
    private static final int THREADS = 4;

    private final Session session;
    private final Output output;
    private final Report report;
    private final Checkpoints checkpoints;

    CheckpointStep(Session session, Output output, Report report) {
        this.session = session;
        this.output = output;
        this.report = report;
        this.checkpoints = new Checkpoints(session);
    }

    void run() throws Exception {
        Map<String, String> hashes = save();
        restore(hashes);
        leaveUnfinished();
    }

    private Map<String, String> save() throws Exception {
        Map<String, String> hashes = new HashMap<>();
        for (String shard : shards()) {
            try (SeededBytes bytes = bytes(shard)) {
                hashes.put(shard, bytes.hash());
            }
        }
        long total = SHARDS * SHARD_BYTES;
        long start = System.nanoTime();
        String open = checkpoints.begin(SERIES, STEP, SHARDS, null);
        try (Progress progress = Progress.ofBytes(Demo.bars(output), "saving", total)) {
            Parallel.each(
                    "shard", THREADS, shards(), shard -> checkpoints.put(open, shard, () -> bytes(shard), progress));
        }
        CheckpointStatus status = checkpoints.commit(open, null);
        long nanos = System.nanoTime() - start;
        report.check(
                "save a checkpoint",
                Units.bytes(total),
                Units.bytesPerSecond(total / (nanos / 1e9)),
                status.shards().size() + " shards committed in one step, " + Units.bytes(status.sizeBytes()),
                status.shards().size() == SHARDS && status.sizeBytes() == total);
        return hashes;
    }

    private void restore(Map<String, String> hashes) throws Exception {
        CheckpointStatus status = checkpoints.info(SERIES, null);
        Transfers transfers = new Transfers(session, Transfers.FileOptions.DEFAULT);
        Map<String, String> back = new ConcurrentHashMap<>();
        long start = System.nanoTime();
        try (Progress progress = Progress.ofBytes(Demo.bars(output), "restoring", status.sizeBytes())) {
            Parallel.each("shard", THREADS, status.shards(), shard -> {
                try (HashingChannel sink = new HashingChannel()) {
                    transfers.get(shard.path(), sink, progress);
                    back.put(shard.name(), sink.hash());
                }
            });
        }
        long nanos = System.nanoTime() - start;
        long same = hashes.entrySet().stream()
                .filter(shard -> shard.getValue().equals(back.get(shard.getKey())))
                .count();
        report.check(
                "restore it",
                Units.bytes(status.sizeBytes()),
                Units.bytesPerSecond(status.sizeBytes() / (nanos / 1e9)),
                same + " of " + SHARDS + " shards of the latest step equal bit for bit (SHA-256)",
                status.step() == STEP && same == SHARDS && back.size() == SHARDS);
    }

    /** All shards are put, and nobody commits. */
    private void leaveUnfinished() throws Exception {
        String open = checkpoints.begin(SERIES, UNFINISHED_STEP, 2, null);
        try (Progress progress = Progress.ofBytes(Progress.Style.silent(output.err()), "unfinished", 0)) {
            for (String shard : shards().subList(0, 2)) {
                checkpoints.put(open, shard, () -> bytes(shard), progress);
            }
        }
        List<Long> listed = new ArrayList<>();
        checkpoints.list(SERIES, status -> listed.add(status.step()));
        boolean info = isMissing(() -> checkpoints.info(SERIES, UNFINISHED_STEP));
        boolean path =
                isMissing(() -> new Namespace(session).status(String.format("%s/step-%012d", SERIES, UNFINISHED_STEP)));
        boolean latest = checkpoints.info(SERIES, null).step() == STEP;
        boolean invisible = listed.equals(List.of(STEP)) && info && path && latest;
        checkpoints.abort(open);
        report.check(
                "leave one uncommitted",
                Units.bytes(2 * SHARD_BYTES),
                "",
                invisible
                        ? "not in the list, not by its step, not by its path; latest is still " + STEP
                        : "step " + UNFINISHED_STEP + " can be seen: listed " + listed,
                invisible);
    }

    private static boolean isMissing(Runnable question) {
        try {
            question.run();
            return false;
        } catch (GridException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                return true;
            }
            throw e;
        }
    }

    private static List<String> shards() {
        return IntStream.range(0, SHARDS)
                .mapToObj(i -> String.format("rank-%02d.bin", i))
                .toList();
    }

    private static SeededBytes bytes(String shard) {
        return new SeededBytes(SEED ^ shard.hashCode(), SHARD_BYTES);
    }
}
