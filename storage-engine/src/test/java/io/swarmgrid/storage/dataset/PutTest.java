package io.swarmgrid.storage.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.DatasetInfo;
import io.swarmgrid.client.wire.DatasetPut;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.client.wire.PutResult;
import io.swarmgrid.storage.namespace.Files;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.Types.MinorType;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PutTest {
    private final Fixture fixture = new Fixture();

    @AfterEach
    void nothingIsLeft() {
        assertThat(fixture.grid.staged()).as("staged").isEmpty();
        fixture.close();
    }

    private static void assertRefused(ThrowingCallable call, ErrorCode code, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    private static DatasetPut named(String path, PutMode mode, String putId) {
        return new DatasetPut(null, path, mode, putId, null, null, null, null);
    }

    private static DatasetPut by(@Nullable Long rows, @Nullable String column) {
        return new DatasetPut(null, "/d", null, null, rows, column, null, null);
    }

    @Test
    void keepsTheSchemaOfAStreamWithoutBatches() {
        try (DatasetWriter writer = fixture.store.put(
                Fixture.CALL, Fixture.to("/a/empty", PutMode.CREATE), Fixture.NUMBERS, Fixture.NO_DICTIONARIES)) {
            PutResult result = writer.commit();
            assertThat(result).isEqualTo(new PutResult(true, "/a/empty", 0L, 0, 1));
        }
        assertThat(fixture.grid.paths()).containsExactly("/", "/a", "/a/empty", "/a/empty/_schema.arrow");
        assertThat(fixture.store.schema(Fixture.CALL, Fixture.path("/a/empty"))).isEqualTo(Fixture.NUMBERS);
        assertThat(fixture.plan("/a/empty", null, null).endpoints()).isEmpty();
    }

    @Test
    void makesNoFileOfBatchesWithoutRows() {
        fixture.putNumbers(Fixture.to("/d", PutMode.CREATE), 5, 5);
        assertThat(fixture.store.info(Fixture.CALL, Fixture.path("/d")).files()).isEmpty();
    }

    @Test
    void makesFewBatchesOfManySmallOnes() throws Exception {
        try (DatasetWriter writer = fixture.store.put(
                Fixture.CALL, Fixture.to("/d", PutMode.CREATE), Fixture.NUMBERS, Fixture.NO_DICTIONARIES)) {
            for (int i = 0; i < 1500; i++) {
                try (VectorSchemaRoot root = fixture.numbers(i * 100, (i + 1) * 100)) {
                    writer.write(root);
                }
            }
            writer.commit();
        }
        assertThat(StoredFile.of(fixture, "/d", 0).batchRows()).hasSizeBetween(2, 4);
        assertThat(fixture.values("/d", "n", null)).isEqualTo(Fixture.range(0, 150_000));
    }

    @Test
    void cutsLargeBatchesAndAlignsThem() throws Exception {
        try (VectorSchemaRoot root = fixture.numbers(0, 2_000_000)) {
            fixture.put(Fixture.to("/d", PutMode.CREATE), root);
        }
        StoredFile file = StoredFile.of(fixture, "/d", 0);
        assertThat(file.batchRows()).hasSizeBetween(8, 10);
        assertThat(file.blocks()).allSatisfy(block -> {
            assertThat(block.getBodyLength()).isLessThanOrEqualTo(1 << 20);
            assertThat(block.getOffset() % 64).isZero();
            assertThat((block.getOffset() + block.getMetadataLength()) % 64).isZero();
        });
        assertThat(file.values("n")).isEqualTo(Fixture.range(0, 2_000_000));
    }

    @Test
    void beginsAFileEverySoManyRows() {
        try (VectorSchemaRoot root = fixture.numbers(0, 2500);
                VectorSchemaRoot more = fixture.numbers(2500, 3500)) {
            fixture.put(by(1000L, null), root, more);
        }
        DatasetInfo info = fixture.store.info(Fixture.CALL, Fixture.path("/d"));
        assertThat(info.files()).extracting(DatasetInfo.PartitionFile::rows).containsExactly(1000L, 1000L, 1000L, 500L);
        assertThat(info.files().get(3).name()).matches("part-00003-[0-9a-f]{8}\\.arrow");
        assertThat(fixture.values("/d", "n", null)).isEqualTo(Fixture.range(0, 3500));
    }

    private static final Schema KEYED = new Schema(
            List.of(Field.nullable("key", ArrowType.Utf8.INSTANCE), Field.nullable("n", MinorType.INT.getType())));

    private VectorSchemaRoot keyed(int rows, int keys) {
        VectorSchemaRoot root = VectorSchemaRoot.create(KEYED, fixture.allocator);
        Random random = new Random(3);
        for (int i = 0; i < rows; i++) {
            int key = random.nextInt(keys);
            if (key > 0) {
                ((VarCharVector) root.getVector(0)).setSafe(i, ("k" + key).getBytes(StandardCharsets.UTF_8));
            }
            ((IntVector) root.getVector(1)).setSafe(i, i);
        }
        root.setRowCount(rows);
        return root;
    }

    @Test
    void makesAFileOfEachValueOfAColumn() {
        try (VectorSchemaRoot root = keyed(20_000, 5)) {
            fixture.put(by(null, "key"), root, root);
        }
        DatasetPlan plan = fixture.plan("/d", null, null);
        assertThat(plan.endpoints()).hasSize(5);
        assertThat(plan.rows()).isEqualTo(40_000);
        for (DatasetPlan.Endpoint endpoint : plan.endpoints()) {
            try (PartitionReader reader = fixture.store.open(Fixture.CALL, endpoint.read())) {
                String key = null;
                int last = -1;
                int wraps = 0;
                while (reader.next()) {
                    for (int row = 0; row < reader.root().getRowCount(); row++) {
                        String value =
                                String.valueOf(reader.root().getVector("key").getObject(row));
                        key = key == null ? value : key;
                        assertThat(value).isEqualTo(key);
                        int n = ((IntVector) reader.root().getVector("n")).get(row);
                        wraps += n <= last ? 1 : 0;
                        last = n;
                    }
                }
                assertThat(wraps).as("the order of the rows, put twice").isEqualTo(1);
                assertThat(fixture.grid
                                .stat(Fixture.path("/d/" + endpoint.read().name()))
                                .attribute("partition"))
                        .isEqualTo("key=" + key);
            }
        }
    }

    @Test
    void refusesAColumnOfTooManyValues() {
        try (VectorSchemaRoot root = keyed(5000, 400)) {
            assertRefused(
                    () -> fixture.put(by(null, "key"), root),
                    ErrorCode.INVALID_ARGUMENT,
                    "partition_by: column 'key' has more than 256 values");
        }
    }

    @Test
    void refusesToPartitionByWhatIsNotThere() {
        assertRefused(
                () -> fixture.putNumbers(by(null, "x"), 0, 1),
                ErrorCode.INVALID_ARGUMENT,
                "no column 'x' (there are: n)");
    }

    @Test
    void refusesBadRequests() {
        assertRefused(
                () -> fixture.putNumbers(by(0L, null), 0, 1), ErrorCode.INVALID_ARGUMENT, "bad partition_rows: 0");
        assertRefused(
                () -> fixture.putNumbers(Fixture.to("/", PutMode.CREATE), 0, 1),
                ErrorCode.INVALID_ARGUMENT,
                "a dataset cannot be put at /");
        DatasetPut gzip = new DatasetPut(null, "/d", null, null, null, null, null, "gzip");
        assertRefused(
                () -> fixture.putNumbers(gzip, 0, 1),
                ErrorCode.INVALID_ARGUMENT,
                "unknown compression 'gzip' (known: none, lz4, zstd)");
    }

    @Test
    void compressesIfAsked() throws Exception {
        for (String codec : List.of("lz4", "zstd")) {
            String path = "/" + codec;
            fixture.putNumbers(new DatasetPut(null, path, null, null, null, null, null, codec), 0, 90_000);
            assertThat(StoredFile.of(fixture, path, 0).values("n")).isEqualTo(Fixture.range(0, 90_000));
            assertThat(fixture.values(path, "n", List.of(1234L, 80_001L))).isEqualTo(Fixture.range(1234, 80_001));
        }
    }

    @Test
    void createsOnlyWhereThereIsNothing() {
        fixture.putNumbers(Fixture.to("/d", PutMode.CREATE), 0, 10);
        assertRefused(
                () -> fixture.putNumbers(Fixture.to("/d", PutMode.CREATE), 0, 5),
                ErrorCode.ALREADY_EXISTS,
                "a dataset is there already: /d");
        fixture.grid.makeDirectory(Fixture.path("/dir"), "me", Files.Parents.MAKE);
        assertRefused(
                () -> fixture.putNumbers(Fixture.to("/dir", PutMode.OVERWRITE), 0, 5),
                ErrorCode.ALREADY_EXISTS,
                "a directory is there already: /dir");
    }

    @Test
    void refusesACreateThatLostARace() {
        try (VectorSchemaRoot root = fixture.numbers(0, 10);
                DatasetWriter writer = fixture.store.put(
                        Fixture.CALL, Fixture.to("/d", PutMode.CREATE), root.getSchema(), Fixture.NO_DICTIONARIES)) {
            writer.write(root);
            fixture.putNumbers(Fixture.to("/d", PutMode.CREATE), 0, 3);
            assertRefused(writer::commit, ErrorCode.ALREADY_EXISTS, "a dataset is there already: /d");
        }
        assertThat(fixture.values("/d", "n", null)).isEqualTo(Fixture.range(0, 3));
    }

    @Test
    void appendsInOrder() {
        fixture.putNumbers(Fixture.to("/d", PutMode.APPEND), 0, 10);
        PutResult second = fixture.putNumbers(Fixture.to("/d", PutMode.APPEND), 10, 30);
        fixture.putNumbers(Fixture.to("/d", PutMode.APPEND), 30, 31);
        assertThat(second.rows()).isEqualTo(20);
        assertThat(second.version()).isEqualTo(2);
        assertThat(fixture.values("/d", "n", null)).isEqualTo(Fixture.range(0, 31));
    }

    @Test
    void appendsAgainWhereAnotherAppendCameFirst() {
        fixture.putNumbers(Fixture.to("/d", PutMode.CREATE), 0, 10);
        try (VectorSchemaRoot root = fixture.numbers(20, 30);
                DatasetWriter writer = fixture.store.put(
                        Fixture.CALL, Fixture.to("/d", PutMode.APPEND), root.getSchema(), Fixture.NO_DICTIONARIES)) {
            writer.write(root);
            fixture.grid.failPublish(ErrorCode.CONFLICT, false);
            fixture.grid.failPublish(ErrorCode.CONFLICT, false);
            writer.commit();
        }
        assertThat(fixture.values("/d", "n", List.of(10L, 20L))).isEqualTo(Fixture.range(20, 30));
    }

    @Test
    void appendsToADatasetThatWasCreatedMeanwhile() {
        try (VectorSchemaRoot root = fixture.numbers(5, 10);
                DatasetWriter writer = fixture.store.put(
                        Fixture.CALL, Fixture.to("/d", PutMode.APPEND), root.getSchema(), Fixture.NO_DICTIONARIES)) {
            writer.write(root);
            fixture.grid.failPublish(ErrorCode.ALREADY_EXISTS, false);
            writer.commit();
        }
        assertThat(fixture.values("/d", "n", null)).isEqualTo(Fixture.range(5, 10));
    }

    @Test
    void refusesToAppendAnotherSchema() {
        fixture.putNumbers(Fixture.to("/d", PutMode.CREATE), 0, 10);
        Schema longs = new Schema(List.of(Field.nullable("n", MinorType.BIGINT.getType())));
        Schema strict = new Schema(List.of(Field.notNullable("n", MinorType.INT.getType())));
        Schema more =
                new Schema(List.of(Fixture.NUMBERS.getFields().get(0), Field.nullable("m", MinorType.INT.getType())));
        assertMismatch(longs, "not of the schema of /d: column 'n' is Int(32, true), got Int(64, true)");
        assertMismatch(strict, "column 'n' is nullable, got not nullable");
        assertMismatch(more, "column 'm' is not in the dataset");
        assertMismatch(KEYED, "column 'n' expected, got 'key'");
    }

    private void assertMismatch(Schema schema, String message) {
        assertRefused(
                () -> fixture.store.put(
                        Fixture.CALL, Fixture.to("/d", PutMode.APPEND), schema, Fixture.NO_DICTIONARIES),
                ErrorCode.SCHEMA_MISMATCH,
                message);
    }

    @Test
    void overwritesInOneStep() {
        fixture.putNumbers(Fixture.to("/d", PutMode.CREATE), 0, 10);
        DatasetPlan before = fixture.plan("/d", null, null);
        fixture.putNumbers(Fixture.to("/d", PutMode.OVERWRITE), 100, 103);
        assertThat(fixture.values("/d", "n", null)).isEqualTo(Fixture.range(100, 103));
        try (PartitionReader reader =
                fixture.store.open(Fixture.CALL, before.endpoints().get(0).read())) {
            assertThat(reader.next())
                    .as("what was planned before is still read")
                    .isTrue();
            assertThat(reader.root().getRowCount()).isEqualTo(10);
        }
    }

    @Test
    @SuppressWarnings("try") // it is closed early on purpose
    void leavesNothingOfAPutThatIsBrokenOff() {
        try (VectorSchemaRoot root = fixture.numbers(0, 500_000);
                DatasetWriter writer = fixture.store.put(
                        Fixture.CALL, by(100_000L, null), root.getSchema(), Fixture.NO_DICTIONARIES)) {
            writer.write(root);
            assertThat(fixture.grid.staged()).hasSizeGreaterThan(4);
            writer.close();
            assertRefused(() -> writer.write(root), ErrorCode.PRECONDITION_FAILED, "the put has ended: path=/d");
            assertRefused(writer::commit, ErrorCode.PRECONDITION_FAILED, "the put has ended: path=/d");
        }
        assertThat(fixture.grid.paths()).containsExactly("/");
    }

    @Test
    void refusesABatchThatDoesNotFitTogether() {
        try (VectorSchemaRoot root = keyed(100, 5);
                DatasetWriter writer = fixture.store.put(
                        Fixture.CALL, Fixture.to("/d", PutMode.CREATE), root.getSchema(), Fixture.NO_DICTIONARIES)) {
            writer.write(root);
            root.getVector("key").getOffsetBuffer().setInt(40, 1 << 30);
            assertRefused(() -> writer.write(root), ErrorCode.CORRUPT_INPUT, "record batch does not fit together");
            assertRefused(writer::commit, ErrorCode.PRECONDITION_FAILED, "the put has ended");
        }
        assertThat(fixture.grid.paths()).containsExactly("/");
    }

    @Test
    void refusesABatchOfAnotherSchema() {
        try (VectorSchemaRoot root = fixture.numbers(0, 10);
                DatasetWriter writer = fixture.store.put(
                        Fixture.CALL, Fixture.to("/d", PutMode.CREATE), KEYED, Fixture.NO_DICTIONARIES)) {
            assertRefused(() -> writer.write(root), ErrorCode.SCHEMA_MISMATCH, "a batch is not of the put's schema");
        }
    }

    @Test
    void happensOnceWhereItHasAnId() {
        PutResult first = fixture.putNumbers(named("/d", PutMode.APPEND, "id-1"), 0, 10);
        PutResult again = fixture.putNumbers(named("/d", PutMode.APPEND, "id-1"), 0, 10);
        PutResult other = fixture.putNumbers(named("/d", PutMode.APPEND, "id-2"), 10, 15);
        assertThat(again).isEqualTo(first);
        assertThat(other.version()).isEqualTo(first.version() + 1);
        assertThat(fixture.putNumbers(named("/d", PutMode.APPEND, "id-1"), 0, 10))
                .as("also after others changed the dataset")
                .isEqualTo(first);
        assertThat(fixture.values("/d", "n", null)).isEqualTo(Fixture.range(0, 15));
    }

    @Test
    void happensOnceWhereTwoOfTheSameIdRace() {
        DatasetPut put = named("/d", PutMode.CREATE, "id");
        try (VectorSchemaRoot root = fixture.numbers(0, 10);
                DatasetWriter slow = fixture.store.put(Fixture.CALL, put, root.getSchema(), Fixture.NO_DICTIONARIES)) {
            slow.write(root);
            PutResult first = fixture.put(put, root);
            assertThat(slow.commit()).isEqualTo(first);
        }
        assertThat(fixture.values("/d", "n", null)).isEqualTo(Fixture.range(0, 10));
    }

    @Test
    void findsOutWhatALostAnswerWas() {
        fixture.grid.failPublish(ErrorCode.UNKNOWN_OUTCOME, true);
        PutResult result = fixture.putNumbers(Fixture.to("/d", PutMode.CREATE), 0, 10);
        assertThat(result).isEqualTo(new PutResult(true, "/d", 10L, result.sizeBytes(), 1));
        fixture.grid.failPublish(ErrorCode.UNKNOWN_OUTCOME, false);
        fixture.putNumbers(Fixture.to("/d", PutMode.APPEND), 10, 20);
        assertThat(fixture.values("/d", "n", null)).isEqualTo(Fixture.range(0, 20));
    }
}
