package io.swarmgrid.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.wire.PutMany;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PutBatchesTest {
    private static PutItem item(String target, long sizeBytes) {
        return new PutItem(Path.of("local"), target, sizeBytes);
    }

    @Test
    void takesSmallNeighboursTogether() {
        PutItem first = item("/a/1", 10);
        PutItem second = item("/a/2", 4096);
        PutItem large = item("/a/3", 4097);
        PutItem fourth = item("/a/4", 0);
        PutItem elsewhere = item("/b/1", 1);
        PutItem input = new PutItem(null, "/b/2", -1);
        PutItem last = item("/b/3", 1);

        assertThat(PutBatches.of(List.of(first, second, large, fourth, elsewhere, input, last)))
                .containsExactly(
                        List.of(first, second),
                        List.of(large),
                        List.of(fourth),
                        List.of(elsewhere),
                        List.of(input),
                        List.of(last));
        assertThat(PutBatches.of(List.of())).isEmpty();
    }

    @Test
    void takesNoMoreThanAGridDoes() {
        List<PutItem> items =
                IntStream.range(0, 300).mapToObj(i -> item("/a/" + i, i)).toList();

        List<List<PutItem>> batches = PutBatches.of(items);

        assertThat(batches).extracting(List::size).containsExactly(128, 128, 44);
        assertThat(batches.stream().flatMap(List::stream)).containsExactlyElementsOf(items);
    }

    @Test
    void readsWhatIsStillSmall(@TempDir Path directory) throws IOException {
        Path one = Files.writeString(directory.resolve("one"), "1");
        Path two = Files.writeString(directory.resolve("two"), "22");
        List<PutItem> batch = List.of(new PutItem(one, "/x/eins", 1), new PutItem(two, "/x/zwei", 2));

        assertThat(PutBatches.directory(batch.get(0))).isEqualTo("/x");
        List<PutMany.File> files = PutBatches.read(batch).orElseThrow();
        assertThat(files).extracting(PutMany.File::name).containsExactly("eins", "zwei");
        assertThat(files.get(1).bytes()).asString().isEqualTo("22");

        Files.write(two, new byte[4097]);
        assertThat(PutBatches.read(batch)).isEmpty();
    }
}
