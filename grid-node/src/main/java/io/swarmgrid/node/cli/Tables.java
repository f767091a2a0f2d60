package io.swarmgrid.node.cli;

import java.io.IOException;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.jspecify.annotations.Nullable;

/** Datasets, in and out. */
public final class Tables {
    /** How a dataset is stored; null leaves the grid's policy. */
    public record Options(
            @Nullable Long partitionRows,
            @Nullable String partitionBy,
            boolean append,
            boolean overwrite,
            @Nullable Integer replicas,
            @Nullable String compression) {}

    @FunctionalInterface
    interface Rows {
        void take(VectorSchemaRoot batch, DictionaryProvider dictionaries, int rows);
    }

    @FunctionalInterface
    public interface Batches {
        void take(int endpoint, String location, VectorSchemaRoot batch) throws IOException;
    }

    private final Session session;

    public Tables(Session session) {
        this.session = session;
    }

    public long put(String path, ArrowReader batches, Options options, Progress progress) throws IOException {
        progress.advance(batches.bytesRead());
        return session.call(path, options, Long.class);
    }

    public List<String> endpoints(String path) {
        return List.of(path);
    }

    void readInOrder(String path, List<String> columns, long rowLimit, Rows rows) {
        session.call(path, columns, Rows.class);
    }

    public void readParallel(String path, int threads, Batches batches) throws Exception {
        session.call(path, threads, Batches.class);
    }
}
