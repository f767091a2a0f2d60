package io.swarmgrid.node.cli;

import io.swarmgrid.client.data.BatchConsumer;
import io.swarmgrid.client.data.DatasetReader;
import io.swarmgrid.client.data.DatasetUpload;
import io.swarmgrid.client.wire.DatasetPut;
import io.swarmgrid.client.wire.DatasetRead;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.client.wire.PutResult;
import java.io.IOException;
import java.util.List;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.jspecify.annotations.Nullable;

/** Datasets, in and out. */
public final class Tables {
    /** How a dataset is stored; null leaves the grid's policy. */
    public record Options(
            @Nullable Long partitionRows,
            @Nullable String partitionBy,
            PutMode mode,
            @Nullable Integer replicas,
            @Nullable String compression) {}

    private final Session session;

    public Tables(Session session) {
        this.session = session;
    }

    /** Puts what is left in the reader, and returns how many rows that was. */
    public long put(String path, ArrowReader batches, Options options, Progress progress) throws IOException {
        return rows(new DatasetUpload(session.client()).put(request(path, options), batches, progress::advance));
    }

    /** Puts one source after the other, all or none, and returns how many rows that was. */
    long putAll(String path, List<DatasetUpload.Source> sources, Options options, Progress progress)
            throws IOException {
        return rows(new DatasetUpload(session.client()).putAll(request(path, options), sources, progress::advance));
    }

    private static DatasetPut request(String path, Options options) {
        return new DatasetPut(
                null,
                path,
                options.mode(),
                null,
                options.partitionRows(),
                options.partitionBy(),
                options.replicas(),
                options.compression());
    }

    private static long rows(PutResult result) {
        Long rows = result.rows();
        return rows == null ? 0 : rows;
    }

    public DatasetReader open(String path, List<String> columns) {
        return DatasetReader.open(session.client(), new DatasetRead(path, columns.isEmpty() ? null : columns, null));
    }

    /** Rows in their order, at most {@code rowLimit} of them; begins also where there are none. */
    void print(DatasetReader reader, long rowLimit, BatchPrinter printer, Progress progress) throws IOException {
        printer.begin(reader.schema());
        long[] left = {rowLimit};
        if (rowLimit <= 0) {
            return;
        }
        reader.readInOrder(batch -> {
            int count = (int) Math.min(left[0], batch.root().getRowCount());
            printer.print(batch.root(), batch.dictionaries(), count);
            progress.advance(count);
            left[0] -= count;
            return left[0] > 0;
        });
    }

    /** The whole dataset, endpoints in parallel. */
    public void readParallel(String path, int threads, BatchConsumer consumer) throws IOException {
        open(path, List.of()).readParallel(threads, consumer);
    }
}
