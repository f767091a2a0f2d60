package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.DatasetPut;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.StoragePolicy;
import org.jspecify.annotations.Nullable;

/**
 * A checked {@link DatasetPut}.
 *
 * @param partitionRows the most rows of a partition file
 * @param partitionBytes about how large a partition file grows before the next one is begun
 * @param replicas 0 for the grid's default
 */
record PutSpec(
        GridPath path,
        PutMode mode,
        @Nullable String putId,
        long partitionRows,
        long partitionBytes,
        @Nullable String partitionBy,
        int replicas,
        Compression compression) {
    private static final long PARTITION_BYTES = 256L << 20;

    /** Of a put by itself, or of the begin of a session. */
    static PutSpec of(DatasetPut put) {
        if (put.path() == null) {
            throw GridException.invalid("neither 'path' nor 'session' is given");
        }
        GridPath path = GridPath.parse(put.path());
        if (path.startsWith(Files.STAGING) || Files.STAGING.startsWith(path)) {
            throw GridException.invalid("a dataset cannot be put at " + path);
        }
        PutMode mode = put.mode() == null ? PutMode.CREATE : put.mode();
        return new PutSpec(
                path,
                mode,
                put.putId(),
                rows(put),
                PARTITION_BYTES,
                put.partitionBy(),
                StoragePolicy.replicas(put.replicas()),
                compression(put));
    }

    /** Of a put into a session: what it does not say is as the session was begun. */
    PutSpec inSession(DatasetPut put) {
        if (put.path() != null || put.mode() != null) {
            throw GridException.invalid("'session' is given, so 'path' and 'mode' were said at dataset.begin already");
        }
        return new PutSpec(
                path,
                mode,
                put.putId(),
                put.partitionRows() == null ? partitionRows : rows(put),
                partitionBytes,
                put.partitionBy() == null ? partitionBy : put.partitionBy(),
                put.replicas() == null ? replicas : StoragePolicy.replicas(put.replicas()),
                put.compression() == null ? compression : compression(put));
    }

    /** Of a part of a session, which is one file. */
    PutSpec onePart() {
        return new PutSpec(path, mode, null, Long.MAX_VALUE, Long.MAX_VALUE, null, replicas, compression);
    }

    private static long rows(DatasetPut put) {
        long rows = put.partitionRows() == null ? Long.MAX_VALUE : put.partitionRows();
        if (rows < 1) {
            throw GridException.invalid("bad partition_rows: " + rows + ", expected at least 1");
        }
        return rows;
    }

    private static Compression compression(DatasetPut put) {
        return Compression.of(put.compression());
    }
}
