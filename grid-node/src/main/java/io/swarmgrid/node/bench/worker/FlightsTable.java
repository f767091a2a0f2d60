package io.swarmgrid.node.bench.worker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The flights that a checkout and a distribution have, as a Parquet file of a store. */
final class FlightsTable {
    private static final List<String> COLUMNS = List.of("delay", "distance", "origin");
    private static final int MAX_BYTES = 64 << 20;

    private final Store store;

    FlightsTable(Store store) {
        this.store = store;
    }

    Map<String, Double> write(String path) throws IOException {
        Path local = Path.of(System.getProperty("swarm.home", "."), "data", "flights-3m.parquet");
        if (Files.size(local) > MAX_BYTES) {
            throw new IOException("too large to be the flights: " + local);
        }
        long start = System.nanoTime();
        store.writeSmall(path, Files.readAllBytes(local));
        return Worker.rate(1, start);
    }

    Map<String, Double> scan(String path) throws IOException {
        long start = System.nanoTime();
        return Worker.rate(store.scan(path, COLUMNS), start);
    }
}
