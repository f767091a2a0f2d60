package io.swarmgrid.storage.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.compare.Range;
import org.apache.arrow.vector.compare.RangeEqualsVisitor;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.Types.MinorType;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BatchPlanTest {
    private final BufferAllocator allocator = new RootAllocator();

    @AfterEach
    void nothingIsLeft() {
        allocator.close();
    }

    /** A piece of the batch that is made: which rows of which source. */
    private record Piece(VectorSchemaRoot source, int from, int count) {}

    @Test
    void putsAnyRowsOfAnyTypeTogether() {
        long seed = Long.getLong("swarm.test.seed", System.nanoTime());
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        Schema schema = RandomBatch.everyType();
        for (int round = 0; round < 60; round++) {
            List<VectorSchemaRoot> sources = new ArrayList<>();
            for (int i = 0; i < 1 + random.nextInt(3); i++) {
                sources.add(RandomBatch.root(schema, random.nextInt(90), random, allocator));
            }
            List<Piece> pieces = new ArrayList<>();
            for (int i = 0; i < random.nextInt(8); i++) {
                VectorSchemaRoot source = sources.get(random.nextInt(sources.size()));
                int from = random.nextInt(source.getRowCount() + 1);
                pieces.add(new Piece(source, from, random.nextInt(source.getRowCount() - from + 1)));
            }
            check(schema, pieces, "seed=" + seed + ", round=" + round);
            sources.forEach(VectorSchemaRoot::close);
        }
    }

    private void check(Schema schema, List<Piece> pieces, String what) {
        List<ArrowRecordBatch> batches = new ArrayList<>();
        List<Rows> rows = new ArrayList<>();
        for (Piece piece : pieces) {
            ArrowRecordBatch batch = new VectorUnloader(piece.source()).getRecordBatch();
            batches.add(batch);
            rows.add(Rows.of(schema.getFields(), batch).slice(piece.from(), piece.count()));
        }
        BatchPlan plan = BatchPlan.of(schema.getFields(), rows);
        try (VectorSchemaRoot made = VectorSchemaRoot.create(schema, allocator);
                ArrowRecordBatch batch = plan.toBatch(allocator)) {
            batches.forEach(ArrowRecordBatch::close);
            new VectorLoader(made).load(batch);
            assertThat(made.getRowCount())
                    .as(what)
                    .isEqualTo(pieces.stream().mapToInt(Piece::count).sum());
            int at = 0;
            for (Piece piece : pieces) {
                for (int column = 0; column < schema.getFields().size(); column++) {
                    boolean equal = new RangeEqualsVisitor(
                                    made.getVector(column), piece.source().getVector(column))
                            .rangeEquals(new Range(at, piece.from(), piece.count()));
                    assertThat(equal)
                            .as(what + ", " + schema.getFields().get(column))
                            .isTrue();
                }
                at += piece.count();
            }
        }
    }

    @Test
    void cutsABatchThatIsTooLargeByRows() {
        Schema schema = new Schema(List.of(Field.nullable("n", MinorType.BIGINT.getType())));
        try (VectorSchemaRoot root = RandomBatch.root(schema, 100_000, new Random(1), allocator);
                ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch()) {
            Rows all = Rows.of(schema.getFields(), batch);
            BatchPlan plan =
                    BatchPlan.fitting(schema.getFields(), count -> List.of(all.slice(0, count)), all.count(), 64 << 10);
            assertThat(plan.wireBytes()).isBetween(48L << 10, 64L << 10);
        }
    }

    @Test
    void keepsARowWholeThatIsLargerThanAnyMessage() {
        Schema schema = new Schema(List.of(Field.nullable("text", ArrowType.Utf8.INSTANCE)));
        try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
            ((VarCharVector) root.getVector(0)).setSafe(0, new byte[100_000]);
            ((VarCharVector) root.getVector(0)).setSafe(1, new byte[10]);
            root.setRowCount(2);
            try (ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch()) {
                Rows all = Rows.of(schema.getFields(), batch);
                BatchPlan plan =
                        BatchPlan.fitting(schema.getFields(), count -> List.of(all.slice(0, count)), 2, 64 << 10);
                assertThat(plan.rows()).isEqualTo(1);
            }
        }
    }

    @Test
    void refusesOffsetsThatPointPastTheirData() {
        assertCorrupt(vector -> vector.getOffsetBuffer().setInt(8, 1 << 20), "buffer 2 has");
    }

    @Test
    void refusesOffsetsThatFall() {
        assertCorrupt(vector -> vector.getOffsetBuffer().setInt(4, 6), "offsets fall from 6 to 2");
    }

    @Test
    void refusesNegativeOffsets() {
        assertCorrupt(vector -> vector.getOffsetBuffer().setInt(0, -5), "offsets go from -5 to");
    }

    private interface Damage {
        void to(VarCharVector vector);
    }

    private void assertCorrupt(Damage damage, String message) {
        Schema schema = new Schema(List.of(Field.nullable("text", ArrowType.Utf8.INSTANCE)));
        try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
            VarCharVector text = (VarCharVector) root.getVector(0);
            text.setSafe(0, new byte[1]);
            text.setSafe(1, new byte[1]);
            text.setSafe(2, new byte[1]);
            root.setRowCount(3);
            try (ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch()) {
                damage.to(text);
                assertThatThrownBy(() -> {
                            Rows two = Rows.of(schema.getFields(), batch).slice(0, 2);
                            BatchPlan.of(schema.getFields(), List.of(two))
                                    .toBatch(allocator)
                                    .close();
                        })
                        .isInstanceOfSatisfying(
                                GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_INPUT))
                        .hasMessageContaining("column 'text'")
                        .hasMessageContaining(message);
            }
        }
    }

    @Test
    void refusesColumnsOfAnotherLengthThanTheBatch() {
        Schema schema = new Schema(List.of(Field.nullable("n", MinorType.INT.getType())));
        try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
            IntVector numbers = (IntVector) root.getVector(0);
            numbers.setSafe(0, 1);
            root.setRowCount(1);
            try (ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch()) {
                ArrowRecordBatch lying = new ArrowRecordBatch(7, batch.getNodes(), batch.getBuffers());
                assertThatThrownBy(() -> Rows.of(schema.getFields(), lying))
                        .hasMessageContaining("column 'n': 1 rows in a batch of 7");
                lying.close();
            }
        }
    }

    @Test
    void refusesBuffersThatAreTooShort() {
        Schema schema = new Schema(List.of(Field.nullable("n", MinorType.INT.getType())));
        try (VectorSchemaRoot root = RandomBatch.root(schema, 100, new Random(1), allocator);
                ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch()) {
            List<ArrowBuf> cut =
                    List.of(batch.getBuffers().get(0), batch.getBuffers().get(1).slice(0, 40));
            ArrowRecordBatch lying = new ArrowRecordBatch(100, batch.getNodes(), cut);
            assertThatThrownBy(() -> BatchPlan.of(schema.getFields(), List.of(Rows.of(schema.getFields(), lying))))
                    .hasMessageContaining("column 'n': buffer 1 has 40 bytes of 400");
            lying.close();
        }
    }

    @Test
    void refusesNullsWhereTheSchemaHasNone() {
        Schema nullable = new Schema(List.of(Field.nullable("n", MinorType.INT.getType())));
        List<Field> strict = List.of(Field.notNullable("n", MinorType.INT.getType()));
        try (VectorSchemaRoot root = VectorSchemaRoot.create(nullable, allocator)) {
            ((IntVector) root.getVector(0)).setNull(0);
            root.setRowCount(1);
            try (ArrowRecordBatch batch = new VectorUnloader(root).getRecordBatch()) {
                assertThatThrownBy(() -> BatchPlan.of(strict, List.of(Rows.of(strict, batch))))
                        .hasMessageContaining("column 'n' has 1 nulls, but its schema says it has none");
            }
        }
    }
}
