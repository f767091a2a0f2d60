package io.swarmgrid.node.demo;

import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.client.wire.Usage;
import io.swarmgrid.node.cli.DuckSource;
import io.swarmgrid.node.cli.Namespace;
import io.swarmgrid.node.cli.Output;
import io.swarmgrid.node.cli.Progress;
import io.swarmgrid.node.cli.Session;
import io.swarmgrid.node.cli.Tables;
import io.swarmgrid.node.cli.Units;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Steps 2 and 3: the dataset goes in, and comes back as it was. */
final class Flights {
    static final int PARTITIONS = 12;
    private static final int THREADS = 4;
    private static final String SELECT = "SELECT * FROM read_parquet(?)";

    private final Session session;
    private final Path source;
    private final Output output;
    private final Report report;
    private ContentHash.Value sourceHash = ContentHash.Value.EMPTY;
    private long sizeBytes;

    Flights(Session session, Path source, Output output, Report report) {
        this.session = session;
        this.source = source;
        this.output = output;
        this.report = report;
    }

    /** What the source's rows add up to; known once {@link #ingest} is through. */
    ContentHash.Value sourceHash() {
        return sourceHash;
    }

    void ingest() throws IOException {
        sourceHash = hashOfSource();
        report.note("source: " + source + ", " + Units.count(sourceHash.rows()) + " rows, hash " + sourceHash);
        long partitionRows = (sourceHash.rows() + PARTITIONS - 1) / PARTITIONS;
        Tables.Options options = new Tables.Options(partitionRows, null, PutMode.CREATE, Demo.REPLICAS, null);
        long start = System.nanoTime();
        long rows;
        try (Progress progress = Progress.ofItems(Demo.bars(output), "storing", sourceHash.rows(), "rows")) {
            rows = DuckSource.query(
                    SELECT, List.of(source.toString()), session.allocator(), batches -> new Tables(session)
                            .put(Demo.DATASET, batches, options, progress));
        }
        long nanos = System.nanoTime() - start;
        Usage usage = new Namespace(session).usage(Demo.DATASET);
        sizeBytes = usage.sizeBytes();
        int partitions =
                new Tables(session).open(Demo.DATASET, List.of()).parts().size();
        report.check(
                "store the dataset",
                Units.bytes(sizeBytes) + " x " + Demo.REPLICAS,
                Units.bytesPerSecond(sizeBytes / (nanos / 1e9)),
                partitions + " partition files, " + Units.count(rows) + " rows committed",
                partitions == PARTITIONS && rows == sourceHash.rows());
    }

    void readBack() throws Exception {
        long start = System.nanoTime();
        ContentHash.Value back = read("reading", (location, rows) -> {});
        long nanos = System.nanoTime() - start;
        report.check(
                "read it back",
                Units.bytes(sizeBytes),
                Units.bytesPerSecond(sizeBytes / (nanos / 1e9)),
                verdict(back),
                back.equals(sourceHash));
    }

    /**
     * Reads the whole dataset, endpoints in parallel.
     *
     * @param each called with every batch that came: from where, and how many rows in all so far
     */
    ContentHash.Value read(String label, BiConsumer<String, Long> each) throws Exception {
        Map<Integer, ContentHash> hashes = new ConcurrentHashMap<>();
        try (Progress progress = Progress.ofItems(Demo.bars(output), label, sourceHash.rows(), "rows")) {
            new Tables(session).readParallel(Demo.DATASET, THREADS, batch -> {
                hashes.computeIfAbsent(batch.part().index(), key -> new ContentHash())
                        .add(batch.root());
                progress.advance(batch.root().getRowCount());
                each.accept(batch.location(), progress.done());
                return true;
            });
        }
        return hashes.values().stream()
                .map(ContentHash::value)
                .reduce(ContentHash.Value.EMPTY, ContentHash.Value::plus);
    }

    String verdict(ContentHash.@Nullable Value back) {
        if (back != null && back.equals(sourceHash)) {
            return Units.count(back.rows()) + " rows, content hash equal to the source's";
        }
        return "came back: " + (back == null ? "nothing" : Units.count(back.rows()) + " rows, hash " + back)
                + "; source: " + Units.count(sourceHash.rows()) + " rows, hash " + sourceHash;
    }

    long sizeBytes() {
        return sizeBytes;
    }

    private ContentHash.Value hashOfSource() throws IOException {
        try (Progress progress = Progress.ofItems(Demo.bars(output), "hashing the source", 0, "rows")) {
            return DuckSource.query(SELECT, List.of(source.toString()), session.allocator(), batches -> {
                ContentHash hash = new ContentHash();
                while (batches.loadNextBatch()) {
                    hash.add(batches.getVectorSchemaRoot());
                    progress.advance(batches.getVectorSchemaRoot().getRowCount());
                }
                return hash.value();
            });
        }
    }
}
