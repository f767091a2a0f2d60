package io.swarmgrid.node.bench.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.wire.Json;
import io.swarmgrid.config.Ports;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.node.GridNode;
import io.swarmgrid.node.bench.worker.Order.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same work on plain files and on a grid. */
class WorkerTest {
    private static final int FILES = 20;
    private static final int THREADS = 4;
    private static final int LARGE_BYTES = 3_000_001;

    @TempDir
    private Path directory;

    @Test
    void worksOnPlainFiles() throws Exception {
        try (Store store = new PlainStore(directory)) {
            doesAllWork(store);
        }

        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void worksOnAGrid() throws Exception {
        List<Integer> ports = Ports.free(4);
        Map<String, String> settings = new TreeMap<>();
        settings.put("node.name", "n1");
        settings.put("node.data", directory.toString());
        settings.put("metadata.partitions", "16");
        List<String> doors = List.of("flight", "grid", "transport", "http");
        doors.forEach(door -> settings.put("listen." + door, "127.0.0.1:" + ports.get(doors.indexOf(door))));
        try (GridNode node = GridNode.start(SwarmConfig.defaults().with(settings));
                Store store = new GridStore(List.of("127.0.0.1:" + ports.get(0)))) {
            assertThat(node.location()).isNotEmpty();
            doesAllWork(store);
        }
    }

    @Test
    void writesWhatItReads() throws Exception {
        new Worker(new PlainStore(directory)).run(Order.write("/large", LARGE_BYTES, 1));

        byte[] written = Files.readAllBytes(directory.resolve("large"));
        assertThat(written).hasSize(LARGE_BYTES);
        byte[] expected = new byte[LARGE_BYTES];
        int[] at = {0};
        new Content(LARGE_BYTES).writeTo((bytes, offset, length) -> {
            System.arraycopy(bytes, offset, expected, at[0], length);
            at[0] += length;
        });
        assertThat(written).isEqualTo(expected);
    }

    @Test
    void refusesToCountAFileThatIsTooShort() throws Exception {
        Worker worker = new Worker(new PlainStore(directory));
        worker.run(Order.write("/file", 5, 1));

        assertThatThrownBy(() -> worker.run(Order.read("/file", 6)))
                .isInstanceOf(EOFException.class)
                .hasMessage("read 5 bytes of 6");
        assertThatThrownBy(() -> worker.run(Order.random("/file", 5, 1, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("nothing to read at random");
    }

    @Test
    void answersEachOrderWithALineAndAFailureToo() throws Exception {
        String orders =
                Json.text(Order.read("/missing", 1)) + "\nno order\n" + Json.text(Order.write("/file", 1, 1)) + "\n";
        ByteArrayOutputStream answers = new ByteArrayOutputStream();

        Worker.serve(
                new PlainStore(directory),
                new ByteArrayInputStream(orders.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(answers, true, StandardCharsets.UTF_8));

        List<Answer> lines = answers.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> Json.read(line.getBytes(StandardCharsets.UTF_8), Answer.class))
                .toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0).error()).contains("READ").contains("NoSuchFileException");
        assertThat(lines.get(1).error()).contains("no order");
        assertThat(lines.get(2).error()).isNull();
        assertThat(lines.get(2).figures()).containsOnlyKeys(Worker.RATE);
    }

    @Test
    void aPercentileIsTheSmallestNumberThatSoManyDoNotExceed() {
        long[] hundred = new long[100];
        for (int i = 0; i < hundred.length; i++) {
            hundred[i] = i + 1L;
        }

        assertThat(RandomReads.percentile(hundred, 50)).isEqualTo(50);
        assertThat(RandomReads.percentile(hundred, 99)).isEqualTo(99);
        assertThat(RandomReads.percentile(new long[] {7}, 99)).isEqualTo(7);
        assertThat(RandomReads.percentile(new long[] {7, 8}, 50)).isEqualTo(7);
    }

    private static void doesAllWork(Store store) throws Exception {
        Worker worker = new Worker(store);
        assertThat(worker.run(Order.write("/orders/large", LARGE_BYTES, 1))).containsOnlyKeys(Worker.RATE);
        assertThat(worker.run(Order.read("/orders/large", LARGE_BYTES))).containsOnlyKeys(Worker.RATE);
        Map<String, Double> random = worker.run(Order.random("/orders/large", LARGE_BYTES, 5, 2));
        assertThat(random).containsOnlyKeys(Worker.MEDIAN, Worker.P99);
        for (Kind kind : List.of(Kind.CREATE, Kind.OPEN_READ, Kind.STAT, Kind.LIST)) {
            assertThat(worker.run(files(kind))).as("%s", kind).containsOnlyKeys(Worker.RATE);
        }
        assertThat(store.list("/orders/small/0")).isEqualTo(FILES / THREADS);
        assertThat(store.sizeBytes("/orders/small/3/file-3")).isEqualTo(100);
        worker.run(files(Kind.RENAME));
        assertThat(store.sizeBytes("/orders/small/3/renamed-3")).isEqualTo(100);
        worker.run(files(Kind.REMOVE));
        assertThat(store.list("/orders/small/3")).isZero();
        worker.run(Order.clear("/orders"));
        worker.run(Order.clear("/orders"));
    }

    private static Order files(Kind kind) {
        return Order.files(kind, "/orders/small", 100, FILES, THREADS);
    }
}
