package io.swarmgrid.storage.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.wire.DatasetPut;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.storage.batch.RandomBatch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.compare.Range;
import org.apache.arrow.vector.compare.RangeEqualsVisitor;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Batches of every type, put and read in random ways, against the list of what was put. */
class ModelTest {
    private static final Schema SCHEMA = RandomBatch.everyType();

    @Test
    void readsWhatWasPut() {
        long seed = Long.getLong("swarm.test.seed", System.nanoTime());
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 6; round++) {
            String what = "seed=" + seed + ", round=" + round;
            try (Fixture fixture = new Fixture(random.nextBoolean() ? "2MiB" : "64KiB")) {
                List<VectorSchemaRoot> put = new ArrayList<>();
                for (int i = 0; i <= random.nextInt(3); i++) {
                    put(fixture, random, put);
                }
                int total = put.stream().mapToInt(VectorSchemaRoot::getRowCount).sum();
                for (int i = 0; i < 6; i++) {
                    int from = random.nextInt(total + 1);
                    int to = from + random.nextInt(total - from + 1);
                    check(fixture, put, i == 0 ? 0 : from, i == 0 ? total : to, columns(random), what);
                }
                put.forEach(VectorSchemaRoot::close);
            }
        }
    }

    private static void put(Fixture fixture, Random random, List<VectorSchemaRoot> put) {
        Long rows = random.nextBoolean() ? null : (long) (1 + random.nextInt(2000));
        String codec = List.of("none", "none", "zstd").get(random.nextInt(3));
        DatasetPut request = new DatasetPut(null, "/d", PutMode.APPEND, null, rows, null, null, codec);
        try (DatasetWriter writer = fixture.store.put(Fixture.CALL, request, SCHEMA, Fixture.NO_DICTIONARIES)) {
            for (int i = 0; i < random.nextInt(5); i++) {
                int size = random.nextInt(random.nextBoolean() ? 50 : 4000);
                VectorSchemaRoot root = RandomBatch.root(SCHEMA, size, random, fixture.allocator);
                put.add(root);
                writer.write(root);
            }
            writer.commit();
        }
    }

    private static @Nullable List<String> columns(Random random) {
        if (random.nextInt(3) == 0) {
            return null;
        }
        List<String> names =
                new ArrayList<>(SCHEMA.getFields().stream().map(Field::getName).toList());
        Collections.shuffle(names, random);
        return names.subList(0, 1 + random.nextInt(names.size() - 1));
    }

    private static void check(
            Fixture fixture,
            List<VectorSchemaRoot> put,
            int from,
            int to,
            @Nullable List<String> columns,
            String what) {
        List<VectorSchemaRoot> read = fixture.read("/d", columns, List.of((long) from, (long) to));
        assertThat(read.stream().mapToInt(VectorSchemaRoot::getRowCount).sum())
                .as(what)
                .isEqualTo(to - from);
        int source = 0;
        int at = from;
        while (source < put.size() && at >= put.get(source).getRowCount()) {
            at -= put.get(source++).getRowCount();
        }
        for (VectorSchemaRoot batch : read) {
            for (int row = 0; row < batch.getRowCount(); ) {
                while (at == put.get(source).getRowCount()) {
                    source++;
                    at = 0;
                }
                VectorSchemaRoot model = put.get(source);
                int count = Math.min(batch.getRowCount() - row, model.getRowCount() - at);
                for (Field field : batch.getSchema().getFields()) {
                    boolean equal = new RangeEqualsVisitor(
                                    batch.getVector(field.getName()), model.getVector(field.getName()))
                            .rangeEquals(new Range(row, at, count));
                    assertThat(equal).as(what + ", " + field).isTrue();
                }
                row += count;
                at += count;
            }
        }
        read.forEach(VectorSchemaRoot::close);
    }
}
