package io.swarmgrid.node.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.node.cli.DuckSource;
import io.swarmgrid.node.cli.Namespace;
import io.swarmgrid.node.cli.Output;
import io.swarmgrid.node.cli.Progress;
import io.swarmgrid.node.cli.Session;
import io.swarmgrid.node.cli.Tables;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** Reads a stored dataset through Flight, with pyarrow beside pyarrow's own server, or alone with the Java client. */
final class FlightBench {
    private static final String PART = "flight";
    private static final String DATASET = "/swarm-bench/flights";
    private static final int PARTITIONS = 12;
    private static final int WARM_UP_ROUNDS = 2;
    private static final List<Integer> STREAMS = List.of(1, 4);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Session session;
    private final String address;
    private final Peers peers;
    private final Scale scale;
    private final Output output;

    FlightBench(Session session, String address, Peers peers, Scale scale, Output output) {
        this.session = session;
        this.address = address;
        this.peers = peers;
        this.scale = scale;
        this.output = output;
    }

    List<Result> run() throws Exception {
        long rows = store();
        try {
            Optional<String> python = peers.python(output.environment());
            if (python.isPresent()) {
                return besidePyarrow(python.get(), rows);
            }
            output.warn("NO PYARROW FOUND: this measures the Java client, and there is no peer to compare with;"
                    + " SWARM_PYTHON names a python3 that has pyarrow");
            return withJavaClient(rows);
        } finally {
            new Namespace(session).removeTree(DATASET);
        }
    }

    private long store() throws Exception {
        Path source = Path.of(System.getProperty("swarm.home", "."), "data", "flights-3m.parquet");
        if (!Files.isRegularFile(source)) {
            throw new GridException(ErrorCode.NOT_FOUND, "no such local file: " + source);
        }
        String sql = "SELECT f.* FROM range(" + scale.tableCopies() + ") copies, read_parquet(?) f";
        long rows = DuckSource.query(
                "SELECT count(*) FROM (" + sql + ")", List.of(source.toString()), session.allocator(), batches -> {
                    batches.loadNextBatch();
                    return (Long) batches.getVectorSchemaRoot().getVector(0).getObject(0);
                });
        Tables.Options options =
                new Tables.Options((rows + PARTITIONS - 1) / PARTITIONS, null, PutMode.OVERWRITE, null, null);
        try (Progress progress = Progress.ofItems(output.progress(), "storing the table", rows, "rows")) {
            return DuckSource.query(sql, List.of(source.toString()), session.allocator(), batches -> new Tables(session)
                    .put(DATASET, batches, options, progress));
        }
    }

    private List<Result> besidePyarrow(String python, long rows) throws Exception {
        String streams = STREAMS.get(0) + "," + STREAMS.get(1);
        List<String> command = List.of(
                python,
                peers.readScript().toString(),
                "grpc://" + address,
                DATASET,
                Integer.toString(scale.rounds()),
                streams);
        Map<String, List<Double>> rates = new TreeMap<>();
        try (Progress progress =
                Progress.ofItems(output.progress(), "reading", scale.rounds() * 2L * STREAMS.size(), "rounds")) {
            Shell.run(command, peers.log("pyarrow"), PATIENCE, line -> {
                JsonNode round = Json.tree(line.getBytes(StandardCharsets.UTF_8));
                if (round.get("rows").asLong() != rows) {
                    throw new GridException(
                            ErrorCode.CORRUPT_DATA, "read " + round.get("rows") + " rows of " + rows + ": " + line);
                }
                String key =
                        round.get("streams").asInt() + " " + round.get("server").asText();
                double rate =
                        round.get("bytes").asDouble() / round.get("seconds").asDouble();
                rates.computeIfAbsent(key, each -> new ArrayList<>()).add(rate);
                progress.advance(1);
            });
        }
        List<Result> results = new ArrayList<>();
        for (int count : STREAMS) {
            Result ours = result(count, "swarm", rates.getOrDefault(count + " swarm", List.of()));
            Result theirs = result(count, "pyarrow", rates.getOrDefault(count + " pyarrow", List.of()));
            results.addAll(List.of(ours, theirs, ours.beside(theirs)));
        }
        return results;
    }

    private List<Result> withJavaClient(long rows) throws Exception {
        List<Result> results = new ArrayList<>();
        for (int count : STREAMS) {
            List<Double> rates = new ArrayList<>();
            for (int round = -WARM_UP_ROUNDS; round < scale.rounds(); round++) {
                AtomicLong seen = new AtomicLong();
                AtomicLong bytes = new AtomicLong();
                long start = System.nanoTime();
                new Tables(session).readParallel(DATASET, count, batch -> {
                    seen.addAndGet(batch.root().getRowCount());
                    batch.root().getFieldVectors().forEach(column -> bytes.addAndGet(column.getBufferSize()));
                    return true;
                });
                double rate = bytes.get() / ((System.nanoTime() - start) / 1e9);
                if (seen.get() != rows) {
                    throw new GridException(ErrorCode.CORRUPT_DATA, "read " + seen + " rows of " + rows);
                }
                if (round >= 0) {
                    rates.add(rate);
                }
            }
            results.add(result(count, "swarm, Java client", rates));
        }
        return results;
    }

    private static Result result(int streams, String who, List<Double> rates) {
        return Result.of(PART, "read, " + (streams == 1 ? "1 stream" : streams + " streams"), who, "B/s", rates);
    }
}
