package io.swarmgrid.it.chaos;

import io.swarmgrid.it.chaos.judge.Effect;
import io.swarmgrid.it.chaos.judge.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * The rows of pieces of datasets. Each row tells its piece, its place in that and how many there are, and has a number that follows
 * from these, so that whoever reads rows can tell whether they are whole pieces.
 */
final class Rows {
    private static final int BATCH_ROWS = 4096;
    private static final String PIECE = "piece";
    private static final String ROW = "row";
    private static final String OF = "of";
    private static final String NUMBER = "number";
    private static final Schema SCHEMA = new Schema(List.of(column(PIECE), column(ROW), column(OF), column(NUMBER)));

    private Rows() {}

    private static Field column(String name) {
        return Field.notNullable(name, new ArrowType.Int(Long.SIZE, true));
    }

    /** Owns its memory. */
    static ArrowReader reader(long piece, int rows) {
        return new Source(new RootAllocator(), piece, rows);
    }

    private static long number(long piece, long row) {
        return (piece * 0x9E3779B97F4A7C15L ^ row) * 0xBF58476D1CE4E5B9L;
    }

    private static final class Source extends ArrowReader {
        private final long piece;
        private final int rows;
        private int next;

        Source(BufferAllocator allocator, long piece, int rows) {
            super(allocator);
            this.piece = piece;
            this.rows = rows;
        }

        @Override
        public boolean loadNextBatch() throws IOException {
            prepareLoadNextBatch();
            if (next == rows) {
                return false;
            }
            VectorSchemaRoot root = getVectorSchemaRoot();
            int count = Math.min(BATCH_ROWS, rows - next);
            for (int i = 0; i < count; i++, next++) {
                set(root, PIECE, i, piece);
                set(root, ROW, i, next);
                set(root, OF, i, rows);
                set(root, NUMBER, i, number(piece, next));
            }
            root.setRowCount(count);
            return true;
        }

        private static void set(VectorSchemaRoot root, String column, int index, long value) {
            ((BigIntVector) root.getVector(column)).setSafe(index, value);
        }

        @Override
        public long bytesRead() {
            return (long) next * SCHEMA.getFields().size() * Long.BYTES;
        }

        @Override
        protected void closeReadSource() {}

        @Override
        public void close() throws IOException {
            super.close();
            allocator.close();
        }

        @Override
        protected Schema readSchema() {
            return SCHEMA;
        }
    }

    /** What was read so far, in its order. */
    static final class Seen {
        private final List<Long> pieces = new ArrayList<>();
        private long rows;
        private long nextRow;
        private long rowsOfPiece;
        private String torn = "";

        boolean isEmpty() {
            return rows == 0;
        }

        /** @return whether more is wanted */
        boolean take(VectorSchemaRoot batch) {
            for (int i = 0; i < batch.getRowCount() && torn.isEmpty(); i++, rows++) {
                take(value(batch, PIECE, i), value(batch, ROW, i), value(batch, OF, i), value(batch, NUMBER, i));
            }
            return torn.isEmpty();
        }

        private static long value(VectorSchemaRoot batch, String column, int index) {
            return ((BigIntVector) batch.getVector(column)).get(index);
        }

        private void take(long piece, long row, long of, long number) {
            if (nextRow == rowsOfPiece) {
                pieces.add(piece);
                nextRow = 0;
                rowsOfPiece = of;
            }
            boolean right = piece == pieces.get(pieces.size() - 1)
                    && row == nextRow
                    && of == rowsOfPiece
                    && number == number(piece, row);
            if (!right) {
                torn = "row " + rows + " is row " + row + " of " + of + " of piece " + piece + ", not row " + nextRow
                        + " of " + rowsOfPiece + " of piece " + pieces.get(pieces.size() - 1);
            }
            nextRow++;
        }

        Effect effect() {
            if (!torn.isEmpty()) {
                return new Effect.SawTorn(torn);
            }
            if (rows == 0) {
                return new Effect.SawTorn("a dataset without a row");
            }
            if (nextRow < rowsOfPiece) {
                return new Effect.SawTorn("piece " + pieces.get(pieces.size() - 1) + " ends after " + nextRow + " of "
                        + rowsOfPiece + " rows");
            }
            return new Effect.Saw(new Version(pieces));
        }
    }
}
