package io.swarmgrid.node.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableFilesTest {
    private static final Path DATA = Path.of("..", "data");

    @TempDir
    private Path directory;

    private final BufferAllocator allocator = new RootAllocator(256L << 20);

    @AfterEach
    void everythingWasGivenBack() {
        allocator.close();
    }

    @Test
    void readsParquetInTheSourcesTypes() throws IOException {
        Path parquet = DATA.resolve("flights-3m.parquet");

        assertThat(TableFiles.formatOf(parquet)).isEqualTo(TableFiles.Format.PARQUET);
        List<String> types = TableFiles.read(parquet, TableFiles.Format.PARQUET, allocator, TableFilesTest::columns);
        assertThat(types)
                .containsExactly(
                        "date: Timestamp(MICROSECOND, null)",
                        "delay: Int(64, true)",
                        "distance: Int(64, true)",
                        "origin: Utf8",
                        "destination: Utf8");
        assertThat(TableFiles.read(parquet, TableFiles.Format.PARQUET, allocator, TableFilesTest::rows))
                .isEqualTo(3_000_000);
    }

    @Test
    void readsAnArrowFile() throws IOException {
        Path arrow = DATA.resolve("flights-200k.arrow");

        assertThat(TableFiles.formatOf(arrow)).isEqualTo(TableFiles.Format.ARROW_FILE);
        assertThat(TableFiles.read(arrow, TableFiles.Format.ARROW_FILE, allocator, TableFilesTest::rows))
                .isEqualTo(200_000);
    }

    @Test
    void readsCsvWithItsTypes() throws IOException {
        Path csv = Files.writeString(directory.resolve("a.csv"), "day,delay\n2001-01-01,4\n2001-01-02,\n");

        assertThat(TableFiles.formatOf(csv)).isEqualTo(TableFiles.Format.CSV);
        assertThat(TableFiles.read(csv, TableFiles.Format.CSV, allocator, TableFilesTest::columns))
                .containsExactly("day: Date(DAY)", "delay: Int(64, true)");
    }

    @Test
    void refusesADamagedArrowFile() throws IOException {
        byte[] whole = Files.readAllBytes(DATA.resolve("flights-200k.arrow"));
        Path half = Files.write(directory.resolve("half.arrow"), java.util.Arrays.copyOf(whole, whole.length / 2));

        assertThatThrownBy(() -> TableFiles.read(half, TableFiles.Format.ARROW_FILE, allocator, TableFilesTest::rows))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_INPUT))
                .hasMessageContaining("not a whole Arrow file: " + half);
    }

    /** The library gives up with whatever it stumbles over, and keeps the memory that it had asked for. */
    @Test
    void refusesAnArrowFileThatIsDamagedInTheMiddle() throws IOException {
        byte[] bytes = Files.readAllBytes(DATA.resolve("flights-200k.arrow"));
        Path damaged = directory.resolve("damaged.arrow");
        int messages = 0;
        for (int at = 16; messages < 1; at += 8) {
            if (java.util.Arrays.equals(bytes, at, at + 4, new byte[] {-1, -1, -1, -1}, 0, 4) && bytes[at + 7] == 0) {
                java.util.Arrays.fill(bytes, at + 8, at + 108, (byte) 0x5a);
                messages++;
            }
        }
        Files.write(damaged, bytes);

        BufferAllocator own = new RootAllocator(256L << 20);
        assertThatThrownBy(() -> TableFiles.read(damaged, TableFiles.Format.ARROW_FILE, own, TableFilesTest::rows))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_INPUT))
                .hasMessageContaining("not a whole Arrow file: " + damaged);
    }

    @Test
    void refusesAStreamThatEndsInTheMiddle() throws IOException {
        Path whole = directory.resolve("whole.arrows");
        try (OutputStream out = Files.newOutputStream(whole)) {
            GrowingDictionary.write(out, allocator);
        }
        byte[] bytes = Files.readAllBytes(whole);
        Path half = Files.write(directory.resolve("half.arrows"), java.util.Arrays.copyOf(bytes, bytes.length - 100));

        assertThatThrownBy(() -> TableFiles.read(half, TableFiles.Format.ARROW_STREAM, allocator, TableFilesTest::rows))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_INPUT))
                .hasMessageContaining("not a whole Arrow file: " + half);
    }

    @Test
    void refusesAParquetFileThatIsNone() throws IOException {
        Path wrong = Files.write(directory.resolve("a.parquet"), "PAR1 and no more".getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> TableFiles.read(wrong, TableFiles.Format.PARQUET, allocator, TableFilesTest::rows))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_INPUT))
                .hasMessageContaining("cannot read " + wrong);
    }

    @Test
    void refusesAFormatItDoesNotKnow() throws IOException {
        Path text = Files.writeString(directory.resolve("a.txt"), "hello, world");

        assertThatThrownBy(() -> TableFiles.formatOf(text))
                .isInstanceOf(GridException.class)
                .hasMessageContaining("neither Arrow, Parquet nor CSV");
    }

    /** pyarrow writes such streams, and such files, with emit_dictionary_deltas=True. */
    @Test
    void readsDictionariesThatGrow() throws IOException {
        Path stream = directory.resolve("growing.arrows");
        try (OutputStream out = Files.newOutputStream(stream)) {
            GrowingDictionary.write(out, allocator);
        }

        List<String> values = new ArrayList<>();
        TableFiles.read(stream, TableFiles.formatOf(stream), allocator, reader -> {
            while (reader.loadNextBatch()) {
                FieldVector encoded = reader.getVectorSchemaRoot().getVector("colour");
                Dictionary dictionary =
                        reader.lookup(encoded.getField().getDictionary().getId());
                try (ValueVector decoded = DictionaryEncoder.decode(encoded, dictionary, allocator)) {
                    for (int i = 0; i < decoded.getValueCount(); i++) {
                        values.add(String.valueOf(decoded.getObject(i)));
                    }
                }
            }
            return values.size();
        });

        assertThat(values).containsExactly("red", "green", "red", "blue", "green", "black");
    }

    private static long rows(ArrowReader reader) throws IOException {
        long rows = 0;
        while (reader.loadNextBatch()) {
            rows += reader.getVectorSchemaRoot().getRowCount();
        }
        return rows;
    }

    private static List<String> columns(ArrowReader reader) throws IOException {
        return reader.getVectorSchemaRoot().getSchema().getFields().stream()
                .map(Field::toString)
                .toList();
    }
}
