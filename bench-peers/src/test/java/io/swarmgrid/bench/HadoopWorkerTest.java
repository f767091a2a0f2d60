package io.swarmgrid.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.wire.Json;
import io.swarmgrid.node.bench.worker.Answer;
import io.swarmgrid.node.bench.worker.Order;
import io.swarmgrid.node.bench.worker.Worker;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The work by Hadoop's calls, on its file system of local files. */
class HadoopWorkerTest {
    private static final Path FLIGHTS =
            Path.of("..", "data", "flights-3m.parquet").toAbsolutePath();

    @TempDir
    private Path directory;

    @Test
    void doesAllWorkByHadoopsCalls() throws Exception {
        String root = directory + "/root";
        List<Order> orders = Stream.concat(
                        Stream.of(
                                Order.write(root + "/large", 3_000_000, 1),
                                Order.read(root + "/large", 3_000_000),
                                Order.random(root + "/large", 3_000_000, 5, 2),
                                new Order(Order.Kind.READ_AGAIN, root + "/large", 3_000_000, 1, 1, 1),
                                Order.each(Order.Kind.WRITE_FILES, root + "/many", 2_000_000, 3),
                                Order.each(Order.Kind.READ_FILES, root + "/many", 2_000_000, 3)),
                        Stream.of(
                                        Order.Kind.CREATE,
                                        Order.Kind.OPEN_READ,
                                        Order.Kind.STAT,
                                        Order.Kind.LIST,
                                        Order.Kind.RENAME,
                                        Order.Kind.REMOVE)
                                .map(kind -> Order.files(kind, root + "/small", 4096, 10, 2)))
                .toList();

        List<Answer> answers = work(
                Stream.concat(orders.stream(), Stream.of(Order.clear(root))).toList());

        assertThat(answers).hasSize(orders.size() + 1).allSatisfy(answer -> {
            assertThat(answer.error()).isNull();
            assertThat(answer.figures().values()).allMatch(figure -> figure > 0);
        });
        assertThat(directory.resolve("root")).doesNotExist();
    }

    @Test
    void readsRangesAndColumnsByHadoopsCalls() throws Exception {
        Path large = Files.write(directory.resolve("large"), new byte[7_000_000]);

        List<Answer> answers = work(List.of(
                new Order(Order.Kind.RANGES, large.toString(), 7_000_000, 3, 1, 1),
                Order.of(Order.Kind.SCAN, FLIGHTS.toString()),
                Order.files(Order.Kind.CREATE_TOGETHER, directory + "/together", 0, 10, 4),
                Order.files(Order.Kind.LIST, directory + "/together", 0, 10, 1)));

        assertThat(answers).allSatisfy(answer -> assertThat(answer.error()).isNull());
        assertThat(directory.resolve("together/0")).isDirectoryContaining(file -> file.endsWith("file-9"));
    }

    @Test
    void saysWhatFailedAndGoesOn() throws Exception {
        Path file = Files.writeString(directory.resolve("short"), "five!");

        List<Answer> answers = work(List.of(Order.read(file.toString(), 6), Order.read(file.toString(), 5)));

        assertThat(answers.get(0).error()).contains("read 5 bytes of 6");
        assertThat(answers.get(1).figures()).containsKey(Worker.RATE);
    }

    private static List<Answer> work(List<Order> orders) throws Exception {
        String lines = orders.stream().map(Json::text).collect(Collectors.joining("\n"));
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        try (HadoopStore store = new HadoopStore(Path.of("/").toUri(), new Configuration())) {
            Worker.serve(
                    store,
                    new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
                    new PrintStream(answers, true, StandardCharsets.UTF_8));
        }
        return answers.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> Json.read(line.getBytes(StandardCharsets.UTF_8), Answer.class))
                .toList();
    }
}
