package io.swarmgrid.node.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchPrinterTest {
    private static final DictionaryEncoding ENCODING = new DictionaryEncoding(1, false, new ArrowType.Int(32, true));
    private static final Schema WIRE = new Schema(List.of(
            Field.nullable("n", new ArrowType.Int(32, true)),
            new Field("word", new FieldType(true, new ArrowType.Utf8(), ENCODING), null)));

    private final BufferAllocator allocator = new RootAllocator(64L << 20);
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    @AfterEach
    void everythingWasGivenBack() {
        allocator.close();
    }

    @Test
    void writesPartsWithRootsOfTheirOwnIntoOneFile() throws IOException {
        print("arrow", 9, List.of("ant", "bee"), List.of("ant", "bee"));

        assertThat(fromFile()).containsExactly("0 ant", "1 bee", "0 ant", "1 bee");
    }

    @Test
    void refusesDictionariesThatChangeInAFile() {
        assertThatThrownBy(() -> print("arrow", 9, List.of("ant"), List.of("cow")))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
    }

    @Test
    void replacesDictionariesInAStream() throws IOException {
        print("arrow-stream", 9, List.of("ant", "bee"), List.of("cow", "dog"));

        assertThat(fromStream()).containsExactly("0 ant", "1 bee", "0 cow", "1 dog");
    }

    @Test
    void writesNoMoreRowsThanAsked() throws IOException {
        print("arrow-stream", 1, List.of("ant", "bee"));

        assertThat(fromStream()).containsExactly("0 ant");
    }

    @Test
    void writesTheSchemaWhereThereAreNoRows() throws IOException {
        print("arrow", 9);

        assertThat(fromFile()).isEmpty();
    }

    @Test
    void writesCsv() throws IOException {
        print("csv", 9, List.of("a,b", ""), List.of("\"c\""));

        assertThat(text()).isEqualTo("n,word\n0,\"a,b\"\n1,\"\"\n0,\"\"\"c\"\"\"\n");
    }

    @Test
    void writesTheHeadingsOfATableOnce() throws IOException {
        print("table", 9, List.of("ant", "elephant"), List.of("cow"));

        assertThat(text()).isEqualTo("n  word\n0  ant\n1  elephant\n0  cow\n");
    }

    @Test
    void writesJsonLines() throws IOException {
        print("json", 9, List.of("ant"));

        assertThat(text()).isEqualTo("{\"n\":0,\"word\":\"ant\"}\n");
    }

    @Test
    void refusesAnUnknownForm() {
        assertThatThrownBy(() -> print("xml", 9))
                .isInstanceOf(GridException.class)
                .hasMessageStartingWith("unknown form 'xml'");
    }

    /** Prints one batch for each list of words, each with a root and a dictionary of its own. */
    @SafeVarargs
    private void print(String form, int rows, List<String>... batches) throws IOException {
        try (BatchPrinter printer =
                BatchPrinter.of(form, new PrintStream(out, true, StandardCharsets.UTF_8), allocator)) {
            printer.begin(WIRE);
            for (List<String> words : batches) {
                print(printer, rows, words);
            }
        }
        Files.write(directory.resolve("a.arrow"), out.toByteArray());
    }

    private void print(BatchPrinter printer, int rows, List<String> words) {
        try (IntVector numbers = new IntVector("n", allocator);
                VarCharVector dictionary = new VarCharVector("words", allocator);
                IntVector indices =
                        (IntVector) new Field("word", new FieldType(true, new ArrowType.Int(32, true), ENCODING), null)
                                .createVector(allocator)) {
            numbers.allocateNew(words.size());
            indices.allocateNew(words.size());
            dictionary.allocateNew();
            for (int i = 0; i < words.size(); i++) {
                numbers.set(i, i);
                indices.set(i, i);
                dictionary.setSafe(i, words.get(i).getBytes(StandardCharsets.UTF_8));
            }
            dictionary.setValueCount(words.size());
            numbers.setValueCount(words.size());
            indices.setValueCount(words.size());
            VectorSchemaRoot root = VectorSchemaRoot.of(numbers, indices);
            MapDictionaryProvider dictionaries = new MapDictionaryProvider(new Dictionary(dictionary, ENCODING));
            printer.print(root, dictionaries, Math.min(rows, words.size()));
        }
    }

    private List<String> fromStream() throws IOException {
        try (ArrowReader reader = new ArrowStreamReader(new ByteArrayInputStream(out.toByteArray()), allocator)) {
            return rows(reader);
        }
    }

    private List<String> fromFile() throws IOException {
        try (var channel = Files.newByteChannel(directory.resolve("a.arrow"), StandardOpenOption.READ);
                ArrowReader reader = new ArrowFileReader(channel, allocator)) {
            return rows(reader);
        }
    }

    private static List<String> rows(ArrowReader reader) throws IOException {
        List<String> rows = new ArrayList<>();
        VectorSchemaRoot root = reader.getVectorSchemaRoot();
        while (reader.loadNextBatch()) {
            Dictionary dictionary = reader.lookup(1);
            try (var words = DictionaryEncoder.decode(root.getVector("word"), dictionary)) {
                for (int i = 0; i < root.getRowCount(); i++) {
                    rows.add(root.getVector("n").getObject(i) + " " + words.getObject(i));
                }
            }
        }
        return rows;
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
