package io.swarmgrid.storage.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.BlockLocation;
import io.swarmgrid.client.wire.DatasetPut;
import io.swarmgrid.client.wire.DatasetRead;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Holder;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.storage.batch.RandomBatch;
import io.swarmgrid.storage.namespace.Files;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.Types.MinorType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadTest {
    private final Fixture fixture = new Fixture();

    @AfterEach
    void nothingIsLeft() {
        fixture.close();
    }

    private static void assertRefused(ThrowingCallable call, ErrorCode code, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    private static Schema columns(int count) {
        return new Schema(IntStream.range(0, count)
                .mapToObj(i -> Field.nullable("c" + i, MinorType.BIGINT.getType()))
                .toList());
    }

    private void putColumns(String path, int columns, int rows) {
        try (VectorSchemaRoot root = RandomBatch.root(columns(columns), rows, new Random(5), fixture.allocator)) {
            fixture.put(Fixture.to(path, PutMode.CREATE), root);
        }
    }

    @Test
    void givesColumnsInTheOrderWanted() {
        putColumns("/d", 5, 100);
        DatasetPlan plan = fixture.plan("/d", List.of("c3", "c0"), null);
        assertThat(plan.schema().getFields()).extracting(Field::getName).containsExactly("c3", "c0");
        List<VectorSchemaRoot> whole = fixture.read("/d", null, null);
        List<VectorSchemaRoot> some = fixture.read("/d", List.of("c3", "c0"), null);
        assertThat(some.get(0).getSchema()).isEqualTo(plan.schema());
        for (int row = 0; row < 100; row++) {
            assertThat(some.get(0).getVector(0).getObject(row))
                    .isEqualTo(whole.get(0).getVector(3).getObject(row));
            assertThat(some.get(0).getVector(1).getObject(row))
                    .isEqualTo(whole.get(0).getVector(0).getObject(row));
        }
        whole.forEach(VectorSchemaRoot::close);
        some.forEach(VectorSchemaRoot::close);
    }

    @Test
    void givesRowsWithoutColumns() {
        putColumns("/d", 2, 100);
        List<VectorSchemaRoot> none = fixture.read("/d", List.of(), null);
        assertThat(none).extracting(VectorSchemaRoot::getRowCount).containsExactly(100);
    }

    @Test
    void readsLittleMoreThanTheColumnsWanted() {
        putColumns("/d", 100, 1200);
        long all = fixture.store.info(Fixture.CALL, Fixture.path("/d")).sizeBytes();
        long before = fixture.grid.readBytes();
        fixture.read("/d", List.of("c50"), null).forEach(VectorSchemaRoot::close);
        assertThat(fixture.grid.readBytes() - before).isLessThan(all / 4);
    }

    @Test
    void namesTheColumnsThatThereAre() {
        putColumns("/d", 3, 1);
        assertRefused(
                () -> fixture.plan("/d", List.of("x"), null),
                ErrorCode.INVALID_ARGUMENT,
                "no column 'x' (there are: c0, c1, c2)");
        assertRefused(
                () -> fixture.plan("/d", List.of("c1", "c1"), null),
                ErrorCode.INVALID_ARGUMENT,
                "a column is named twice");
    }

    @Test
    void mapsRowsToPartitions() {
        fixture.putNumbers(new DatasetPut(null, "/d", null, null, 100L, null, null, null), 0, 1000);
        DatasetPlan plan = fixture.plan("/d", null, List.of(250L, 420L));
        assertThat(plan.rows()).isEqualTo(170);
        assertThat(plan.endpoints())
                .extracting(endpoint ->
                        endpoint.read().firstRow() + "+" + endpoint.read().rowCount())
                .containsExactly("50+50", "0+100", "0+20");
        assertThat(fixture.values("/d", "n", List.of(250L, 420L))).isEqualTo(Fixture.range(250, 420));
        assertThat(fixture.values("/d", "n", List.of(990L, 5000L))).isEqualTo(Fixture.range(990, 1000));
        assertThat(fixture.values("/d", "n", List.of(7L, 7L))).isEmpty();
        assertRefused(() -> fixture.plan("/d", null, List.of(5L, 4L)), ErrorCode.INVALID_ARGUMENT, "bad rows: [5, 4]");
        assertRefused(() -> fixture.plan("/d", null, List.of(5L)), ErrorCode.INVALID_ARGUMENT, "bad rows: [5]");
    }

    @Test
    void findsRowsWithinALargePartition() {
        fixture.putNumbers(Fixture.to("/d", PutMode.CREATE), 0, 1_000_000);
        long before = fixture.grid.readBytes();
        assertThat(fixture.values("/d", "n", List.of(777_000L, 777_777L))).isEqualTo(Fixture.range(777_000, 777_777));
        assertThat(fixture.grid.readBytes() - before).isLessThan(2 << 20);
    }

    @Test
    void cutsBatchesThatAreLargerThanAMessageMayBe() {
        fixture.putNumbers(Fixture.to("/d", PutMode.CREATE), 0, 300_000);
        DatasetStore small = fixture.store("64KiB");
        List<Object> values = new ArrayList<>();
        for (DatasetPlan.Endpoint endpoint :
                small.plan(Fixture.CALL, new DatasetRead("/d", null, null)).endpoints()) {
            try (PartitionReader reader = small.open(Fixture.CALL, endpoint.read())) {
                while (reader.next()) {
                    try (ArrowRecordBatch batch = new VectorUnloader(reader.root()).getRecordBatch()) {
                        assertThat(batch.computeBodyLength()).isLessThan(64 << 10);
                    }
                    for (int row = 0; row < reader.root().getRowCount(); row++) {
                        values.add(((IntVector) reader.root().getVector(0)).get(row));
                    }
                }
            }
        }
        assertThat(values).isEqualTo(Fixture.range(0, 300_000));
    }

    @Test
    void doesNotCopyWhatItReads() {
        fixture.putNumbers(Fixture.to("/d", PutMode.CREATE), 0, 100_000);
        PartitionRead read = fixture.plan("/d", null, null).endpoints().get(0).read();
        try (PartitionReader reader = fixture.store.open(Fixture.CALL, read)) {
            assertThat(reader.next()).isTrue();
            for (ArrowBuf buffer : reader.root().getVector(0).getFieldBuffers()) {
                assertThat(fixture.grid.gave(buffer.memoryAddress())).isTrue();
            }
        }
    }

    @Test
    void keepsBuffersAliveBeyondTheReader() {
        fixture.putNumbers(Fixture.to("/d", PutMode.CREATE), 0, 1000);
        PartitionRead read = fixture.plan("/d", null, null).endpoints().get(0).read();
        ArrowRecordBatch kept;
        try (PartitionReader reader = fixture.store.open(Fixture.CALL, read)) {
            reader.next();
            kept = new VectorUnloader(reader.root()).getRecordBatch();
        }
        assertThat(kept.getBuffers().get(1).getInt(4 * 999)).isEqualTo(999);
        kept.close();
    }

    @Test
    void reportsDamage() {
        fixture.putNumbers(Fixture.to("/d", PutMode.CREATE), 0, 1000);
        String name = fixture.plan("/d", null, null).endpoints().get(0).read().name();
        byte[] good = fixture.grid.bytes(Fixture.path("/d/" + name));
        assertDamage(name, Arrays.copyOf(good, 10), "no sound Arrow file");
        assertDamage(name, Arrays.copyOf(good, good.length - 1), "it does not end as one");
        byte[] footer = good.clone();
        Arrays.fill(footer, good.length - 200, good.length - 10, (byte) 0x7f);
        assertDamage(name, footer, "no sound Arrow file");
        byte[] message = good.clone();
        Arrays.fill(message, 256, 320, (byte) 0x7f);
        assertDamage(name, message, "is damaged");
    }

    private void assertDamage(String name, byte[] bytes, String message) {
        fixture.grid.damage(Fixture.path("/d/" + name), bytes);
        assertRefused(
                () -> fixture.read("/d", null, null).forEach(VectorSchemaRoot::close), ErrorCode.CORRUPT_DATA, message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "lz4", "zstd"})
    void survivesAnyDamage(String compression) {
        long seed = Long.getLong("swarm.test.seed", System.nanoTime());
        Random random = new Random(seed);
        try (VectorSchemaRoot root = RandomBatch.root(RandomBatch.everyType(), 50, random, fixture.allocator)) {
            fixture.put(new DatasetPut(null, "/d", PutMode.CREATE, null, null, null, null, compression), root);
        }
        String name = fixture.plan("/d", null, null).endpoints().get(0).read().name();
        byte[] good = fixture.grid.bytes(Fixture.path("/d/" + name));
        for (int round = 0; round < 100; round++) {
            byte[] bad = good.clone();
            for (int i = 0; i <= random.nextInt(20); i++) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            fixture.grid.damage(Fixture.path("/d/" + name), bad);
            String where = "seed=" + seed + ", round " + round;
            try {
                drain(List.of(3L, 40L));
            } catch (GridException e) {
                // The second where a damaged length asks for more memory than there is.
                assertThat(e.code()).as(where).isIn(ErrorCode.CORRUPT_DATA, ErrorCode.OVERLOADED);
            }
            assertThatCode(fixture.grid::assertAtRest).as(where).doesNotThrowAnyException();
            assertThat(fixture.allocator.getAllocatedMemory()).as(where).isZero();
        }
    }

    private void drain(List<Long> rows) {
        for (DatasetPlan.Endpoint endpoint : fixture.plan("/d", null, rows).endpoints()) {
            try (PartitionReader reader = fixture.store.open(Fixture.CALL, endpoint.read())) {
                while (reader.next()) {
                    assertThat(reader.root().getRowCount()).isPositive();
                }
            }
        }
    }

    @Test
    void refusesAPlanOfAnotherVersion() {
        fixture.putNumbers(Fixture.to("/d", PutMode.CREATE), 0, 10);
        PartitionRead read = fixture.plan("/d", null, null).endpoints().get(0).read();
        PartitionRead old = new PartitionRead(read.fileId(), 77, read.name(), 0, 10, 1, null, PartitionFormat.ARROW);
        PartitionRead gone = new PartitionRead(4711, 1, read.name(), 0, 10, 1, null, PartitionFormat.ARROW);
        PartitionRead longer =
                new PartitionRead(read.fileId(), read.version(), read.name(), 5, 6, 1, null, PartitionFormat.ARROW);
        assertRefused(() -> fixture.store.open(Fixture.CALL, old), ErrorCode.PRECONDITION_FAILED, "has changed");
        assertRefused(() -> fixture.store.open(Fixture.CALL, gone), ErrorCode.NOT_FOUND, "no file 4711");
        assertRefused(
                () -> fixture.store.open(Fixture.CALL, longer), ErrorCode.INVALID_ARGUMENT, "rows past the end of the");
    }

    @Test
    void namesLiveHoldersFirst() {
        fixture.grid.holder("n1", false);
        fixture.grid.holder("n2", true);
        fixture.grid.holder("n3", true);
        fixture.putNumbers(Fixture.to("/d", PutMode.CREATE), 0, 10);
        assertThat(fixture.plan("/d", null, null).endpoints().get(0).holders())
                .extracting(Holder::node)
                .containsExactly("n2", "n3", "n1");
    }

    /** Who is sent there would have the rest brought from elsewhere. */
    @Test
    void namesNoNodeThatHasNothingButNearCopiesOfAPart() {
        Holder one = new Holder("n1", "z", "grpc://n1:1", 1, true);
        Holder part = new Holder("n2", "z", "grpc://n2:1", 1, true, "mem", true);
        Holder all = new Holder("n3", "z", "grpc://n3:1", 1, true, "mem", true);
        Holder both = new Holder("n4", "z", "grpc://n4:1", 1, true);
        Holder near = new Holder("n4", "z", "grpc://n4:1", 1, true, "mem", true);
        List<BlockLocation> blocks = List.of(
                new BlockLocation("1", 0, 100, 1, 2, List.of(one, part, all, near)),
                new BlockLocation("2", 100, 100, 1, 2, List.of(one, all)),
                new BlockLocation("3", 200, 100, 1, 2, List.of(one, all, both)));
        assertThat(Catalog.holders(blocks)).containsExactlyInAnyOrder(one, all, both);
    }

    @Test
    void asksOnceWhereTheFilesOfADatasetAre() {
        fixture.grid.holder("n1", true);
        DatasetPut put = new DatasetPut(null, "/d", PutMode.CREATE, null, 1L, null, null, null);
        fixture.putNumbers(put, 0, 20);
        int before = fixture.grid.locates();
        DatasetPlan plan = fixture.plan("/d", null, null);
        assertThat(plan.endpoints()).hasSize(20).allSatisfy(endpoint -> assertThat(endpoint.holders())
                .hasSize(1));
        assertThat(fixture.grid.locates() - before).isEqualTo(1);
    }

    @Test
    void tellsWhatIsNoDataset() {
        fixture.grid.makeDirectory(Fixture.path("/dir"), "me", Files.Parents.MAKE);
        assertRefused(() -> fixture.plan("/dir", null, null), ErrorCode.NOT_FOUND, "not found: /dir");
        assertRefused(() -> fixture.plan("/none", null, null), ErrorCode.NOT_FOUND, "not found: /none");
    }

    @Test
    void findsTheDatasetsBelowAPath() {
        for (String path : List.of("/b", "/a/x", "/a/y/z", "/a/w")) {
            fixture.putNumbers(Fixture.to(path, PutMode.CREATE), 0, 1);
        }
        assertThat(below("/", 10)).containsExactly("/a/w", "/a/x", "/a/y/z", "/b");
        assertThat(below("/", 2)).containsExactly("/a/w", "/a/x");
        assertThat(below("/a/y", 10)).containsExactly("/a/y/z");
        assertThat(below("/b", 10)).containsExactly("/b");
    }

    private List<String> below(String path, int limit) {
        List<String> found = new ArrayList<>();
        fixture.store
                .below(Fixture.path(path), limit)
                .forEachRemaining((FileStatus status) -> found.add(status.path()));
        return found;
    }

    @Test
    void writesPartOfAPartitionAsAStream() throws Exception {
        fixture.putNumbers(Fixture.to("/d", PutMode.CREATE), 0, 1000);
        PartitionRead read = fixture.plan("/d", List.of("n"), List.of(10L, 20L))
                .endpoints()
                .get(0)
                .read();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        fixture.store.writeStream(Fixture.CALL, read, out);
        try (ArrowStreamReader reader =
                new ArrowStreamReader(new ByteArrayInputStream(out.toByteArray()), fixture.allocator)) {
            assertThat(reader.loadNextBatch()).isTrue();
            assertThat(reader.getVectorSchemaRoot().getVector(0).getObject(9)).isEqualTo(19);
            assertThat(reader.loadNextBatch()).isFalse();
        }
    }

    @Test
    void takesTenThousandColumns() {
        putColumns("/wide", 10_000, 40);
        assertThat(fixture.plan("/wide", null, null).schema().getFields()).hasSize(10_000);
        List<VectorSchemaRoot> all = fixture.read("/wide", null, null);
        assertThat(all.stream().mapToInt(VectorSchemaRoot::getRowCount).sum()).isEqualTo(40);
        assertThat(all).hasSizeLessThan(6);
        all.forEach(VectorSchemaRoot::close);
        List<VectorSchemaRoot> one = fixture.read("/wide", List.of("c9999"), null);
        assertThat(one.stream().mapToInt(VectorSchemaRoot::getRowCount).sum()).isEqualTo(40);
        one.forEach(VectorSchemaRoot::close);
    }
}
