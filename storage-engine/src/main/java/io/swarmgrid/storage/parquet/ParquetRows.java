package io.swarmgrid.storage.parquet;

import io.swarmgrid.storage.file.FileReader;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of some columns of one Parquet file, decoded batch by batch. Of the file only the chunks of those columns are read, and only
 * of the row groups that have such rows. Confined to one thread at a time.
 */
public final class ParquetRows implements AutoCloseable {
    /** Row groups are decoded together up to so many stored bytes: each query looks at the whole footer. */
    private static final long TOGETHER_BYTES = 32L << 20;
    /** Less than this between two chunks is read along: it is the span of one checksum. */
    private static final long GAP_BYTES = 64 << 10;

    private static final int MAX_BATCH_ROWS = 65_536;
    private static final int MAGIC_BYTES = 4;

    private final FileReader file;
    private final ParquetFooter footer;
    private final int[] columns;
    /** By leaf, whether it is of one of the columns. */
    private final boolean[] wantedLeaves;

    private final long endRow;
    private final Decoder decoder;
    private final int batchRows;
    private final Runnable ended;

    private boolean closed;
    private long nextRow;
    /** Where what is being decoded ends. */
    private long partEnd;

    private @Nullable Decoding part;
    private @Nullable VectorSchemaRoot current;

    /**
     * What is read.
     *
     * @param columns their places in the schema, in the order wanted
     * @param batchBytes how large a batch is to be, about
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Wanted(int[] columns, long firstRow, long rowCount, long batchBytes) {}

    /** What decodes, in which directory, and whose memory the batches are. */
    record Decoder(Duck duck, Path scratch, BufferAllocator allocator) {}

    /**
     * @param file taken over
     * @param ended told once, when this is closed
     */
    ParquetRows(FileReader file, ParquetFooter footer, Wanted wanted, Decoder decoder, Runnable ended) {
        this.file = file;
        this.footer = footer;
        this.columns = wanted.columns().clone();
        this.wantedLeaves = wantedLeaves(footer, columns);
        this.nextRow = wanted.firstRow();
        this.partEnd = wanted.firstRow();
        this.endRow = wanted.firstRow() + wanted.rowCount();
        this.decoder = decoder;
        this.ended = ended;
        this.batchRows = batchRows(wanted.batchBytes());
    }

    private static boolean[] wantedLeaves(ParquetFooter footer, int[] columns) {
        boolean[] wanted = new boolean[footer.schema().getFields().size()];
        for (int column : columns) {
            wanted[column] = true;
        }
        boolean[] leaves = new boolean[footer.columns().length];
        for (int leaf = 0; leaf < leaves.length; leaf++) {
            leaves[leaf] = wanted[footer.columns()[leaf]];
        }
        return leaves;
    }

    private int batchRows(long batchBytes) {
        long raw = 0;
        for (ParquetFooter.Chunks group : footer.groups()) {
            for (int leaf = 0; leaf < footer.columns().length; leaf++) {
                raw += wantedLeaves[leaf] ? group.rawLengths()[leaf] : 0;
            }
        }
        // Of a column that is one dictionary and few bits a row a batch takes more than the file says: eight bytes,
        // say.
        long perRow = Math.max(raw / Math.max(1, footer.rows()), 8L * columns.length);
        return (int) Math.max(Decoding.MIN_BATCH_ROWS, Math.min(MAX_BATCH_ROWS, batchBytes / Math.max(1, perRow)));
    }

    /** As the batches have it. */
    public Schema schema() {
        List<Field> fields = new ArrayList<>(columns.length);
        for (int column : columns) {
            fields.add(footer.schema().getFields().get(column));
        }
        return new Schema(fields);
    }

    /**
     * Decodes the next batch.
     *
     * @return false after the last
     * @throws io.swarmgrid.client.GridException CORRUPT_DATA where the file is no sound Parquet file, OVERLOADED where there is no
     *     memory or no room for it, and whatever the reading of a file throws
     */
    public boolean next() {
        String path = file.layout().status().path();
        try {
            while (nextRow < endRow) {
                if (columns.length == 0) {
                    return count();
                }
                if (part == null) {
                    part = begin();
                }
                if (part.next()) {
                    current = part.root();
                    nextRow += current.getRowCount();
                    if (nextRow > partEnd) {
                        throw Duck.corrupt(path, "more rows than its footer says", null);
                    }
                    if (current.getRowCount() > 0) {
                        return true;
                    }
                } else {
                    if (nextRow != partEnd) {
                        throw Duck.corrupt(path, "fewer rows than its footer says", null);
                    }
                    endPart();
                }
            }
            return false;
        } catch (SQLException | IOException e) {
            throw decoder.duck().failure(path, e);
        }
    }

    /** The batch that {@link #next} has decoded. It belongs to this, until the next one; whoever keeps its buffers retains them. */
    public VectorSchemaRoot root() {
        if (current == null) {
            throw new IllegalStateException("there is no batch");
        }
        return current;
    }

    /** Of no columns there is only the number of rows. */
    private boolean count() {
        int rows = (int) Math.min(batchRows, endRow - nextRow);
        current = new VectorSchemaRoot(List.of(), List.of(), rows);
        nextRow += rows;
        return true;
    }

    private Decoding begin() throws SQLException, IOException {
        int first = groupOf(nextRow);
        int end = first;
        long bytes = 0;
        while (end < footer.groups().size()
                && footer.firstRows()[end] < endRow
                && (end == first || bytes < TOGETHER_BYTES)) {
            bytes += wantedBytes(footer.groups().get(end));
            end++;
        }
        partEnd = Math.min(endRow, footer.firstRows()[end]);
        ScratchFile scratchFile = new ScratchFile(file, decoder.scratch());
        boolean brought = false;
        try {
            scratchFile.bring(0, MAGIC_BYTES);
            for (Range range : ranges(first, end)) {
                scratchFile.bring(range.from(), range.to());
            }
            scratchFile.bring(footer.startsAt(), footer.lengthBytes());
            brought = true;
        } finally {
            if (!brought) {
                scratchFile.close();
            }
        }
        List<String> names = schema().getFields().stream().map(Field::getName).toList();
        return Decoding.begin(
                scratchFile,
                new Decoding.Query(names, nextRow, partEnd, batchRows),
                decoder.duck(),
                decoder.allocator());
    }

    private int groupOf(long row) {
        int at = Arrays.binarySearch(footer.firstRows(), row);
        int group = at >= 0 ? at : -at - 2;
        while (footer.firstRows()[group + 1] <= row) {
            group++; // an empty one
        }
        return group;
    }

    private long wantedBytes(ParquetFooter.Chunks group) {
        long bytes = 0;
        for (int leaf = 0; leaf < footer.columns().length; leaf++) {
            bytes += wantedLeaves[leaf] ? group.lengths()[leaf] : 0;
        }
        return bytes;
    }

    private record Range(long from, long to) {}

    private List<Range> ranges(int firstGroup, int endGroup) {
        List<Range> wanted = new ArrayList<>();
        for (ParquetFooter.Chunks group : footer.groups().subList(firstGroup, endGroup)) {
            for (int leaf = 0; leaf < footer.columns().length; leaf++) {
                if (wantedLeaves[leaf] && group.lengths()[leaf] > 0) {
                    wanted.add(new Range(group.offsets()[leaf], group.offsets()[leaf] + group.lengths()[leaf]));
                }
            }
        }
        wanted.sort((a, b) -> Long.compare(a.from(), b.from()));
        List<Range> merged = new ArrayList<>();
        for (Range range : wanted) {
            int last = merged.size() - 1;
            if (last >= 0 && range.from() - merged.get(last).to() < GAP_BYTES) {
                merged.set(
                        last,
                        new Range(
                                merged.get(last).from(),
                                Math.max(range.to(), merged.get(last).to())));
            } else {
                merged.add(range);
            }
        }
        return merged;
    }

    private void endPart() throws IOException {
        Decoding ended = part;
        part = null;
        current = null;
        if (ended != null) {
            ended.close();
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            endPart();
        } catch (IOException e) {
            throw decoder.duck().failure(file.layout().status().path(), e);
        } finally {
            file.close();
            ended.run();
        }
    }
}
