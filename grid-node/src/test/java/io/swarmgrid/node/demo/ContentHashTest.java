package io.swarmgrid.node.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ContentHashTest {
    private static final Schema FLIGHTS = new Schema(List.of(
            new Field("origin", FieldType.nullable(ArrowType.Utf8.INSTANCE), null),
            new Field("delay", FieldType.nullable(new ArrowType.Int(64, true)), null)));

    private final BufferAllocator allocator = new RootAllocator(64L << 20);

    /** A row of the test's table. */
    private record Flight(@Nullable String origin, @Nullable Long delay) {}

    @AfterEach
    void everythingWasGivenBack() {
        allocator.close();
    }

    @Test
    void doesNotDependOnOrderNorOnBatches() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<Flight> rows = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            String origin = random.nextInt(10) == 0
                    ? null
                    : Integer.toString(random.nextInt(), 36).repeat(random.nextInt(4));
            rows.add(new Flight(origin, random.nextInt(10) == 0 ? null : random.nextLong()));
        }
        ContentHash.Value whole = hash(List.of(rows));
        List<Flight> shuffled = new ArrayList<>(rows);
        Collections.shuffle(shuffled, random);

        ContentHash.Value parts = hash(List.of(shuffled.subList(0, 1700), shuffled.subList(1700, 5000)));
        ContentHash.Value added = hash(List.of(shuffled.subList(0, 9))).plus(hash(List.of(shuffled.subList(9, 5000))));

        assertThat(parts).as("seed %d", seed).isEqualTo(whole);
        assertThat(added).as("seed %d", seed).isEqualTo(whole);
    }

    @Test
    void seesEveryChange() {
        List<Flight> rows = List.of(new Flight("LAS", 33L), new Flight("ATL", 19L), new Flight("", null));
        List<List<Flight>> changes = List.of(
                List.of(new Flight("LAS", 34L), new Flight("ATL", 19L), new Flight("", null)),
                List.of(new Flight("LAS", 19L), new Flight("ATL", 33L), new Flight("", null)),
                List.of(new Flight("LAS", 33L), new Flight("ATL", 19L), new Flight(null, null)),
                List.of(new Flight("LAS", 33L), new Flight("ATL", 19L), new Flight("", 0L)),
                List.of(new Flight("LAS", 33L), new Flight("ATL", 19L)),
                List.of(new Flight("LAS", 33L), new Flight("LAS", 33L), new Flight("", null)));
        ContentHash.Value value = hash(List.of(rows));

        for (List<Flight> changed : changes) {
            assertThat(hash(List.of(changed))).as(changed.toString()).isNotEqualTo(value);
        }
    }

    @Test
    void statisticsOfPartsAddUpToThoseOfTheWhole() {
        List<Flight> rows =
                List.of(new Flight("LAS", 33L), new Flight("ATL", -4L), new Flight("LAS", 2L), new Flight("ATL", null));
        DelayStatistics whole = statistics(rows);
        DelayStatistics merged = new DelayStatistics();
        for (List<Flight> part : List.of(rows.subList(0, 2), rows.subList(2, 4))) {
            try (VectorSchemaRoot root = VectorSchemaRoot.create(DelayStatistics.SCHEMA, allocator)) {
                statistics(part).writeTo(root);
                merged.addPartial(root);
            }
        }

        assertThat(merged.airports()).isEqualTo(whole.airports());
        assertThat(whole.airports())
                .isEqualTo(Map.of(
                        "LAS", new DelayStatistics.Airport(2, 35, 2, 33, 1),
                        "ATL", new DelayStatistics.Airport(1, -4, -4, -4, 0)));
    }

    private DelayStatistics statistics(List<Flight> rows) {
        DelayStatistics statistics = new DelayStatistics();
        try (VectorSchemaRoot root = fill(rows)) {
            statistics.addFlights(root);
        }
        return statistics;
    }

    private ContentHash.Value hash(List<List<Flight>> batches) {
        ContentHash hash = new ContentHash();
        for (List<Flight> rows : batches) {
            try (VectorSchemaRoot root = fill(rows)) {
                hash.add(root);
            }
        }
        return hash.value();
    }

    private VectorSchemaRoot fill(List<Flight> rows) {
        VectorSchemaRoot root = VectorSchemaRoot.create(FLIGHTS, allocator);
        root.allocateNew();
        VarCharVector origins = (VarCharVector) root.getVector("origin");
        BigIntVector delays = (BigIntVector) root.getVector("delay");
        for (int i = 0; i < rows.size(); i++) {
            String origin = rows.get(i).origin();
            Long delay = rows.get(i).delay();
            if (origin != null) {
                origins.setSafe(i, origin.getBytes(StandardCharsets.UTF_8));
            }
            if (delay != null) {
                delays.setSafe(i, delay);
            }
        }
        root.setRowCount(rows.size());
        return root;
    }
}
