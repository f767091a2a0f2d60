package io.swarmgrid.client.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.DatasetPut;
import io.swarmgrid.client.wire.PutResult;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DatasetUploadTest {
    private static final DatasetPut PUT = new DatasetPut(null, "/d", null, null, null, null, null, null);

    private UploadDoor door;
    private GridClient client;

    @BeforeEach
    void open() throws IOException {
        door = new UploadDoor();
        client = GridClient.connect(List.of("127.0.0.1:1", door.address()), ClientOptions.DEFAULT);
    }

    @AfterEach
    void close() {
        client.close();
        door.close();
    }

    @Test
    void putsWhatIsLeftInAReader() throws IOException {
        AtomicLong sent = new AtomicLong();
        PutResult result;
        try (ArrowReader batches = numbers(3, 100)) {
            result = new DatasetUpload(client).put(PUT, batches, sent::addAndGet);
        }

        assertThat(result.committed()).isTrue();
        assertThat(result.rows()).isEqualTo(300);
        assertThat(sent).hasValue(300);
        assertThat(door.committed).isEqualTo(texts(300));
        assertThat(door.putIds).singleElement().asString().hasSize(36);
        assertThat(door.messages).hasValue(3);
    }

    @Test
    void putsASchemaWithoutRows() throws IOException {
        try (ArrowReader batches = numbers(0, 0)) {
            assertThat(new DatasetUpload(client).put(PUT, batches, rows -> {}).rows())
                    .isZero();
        }
        assertThat(door.streams).hasValue(1);
    }

    @Test
    void sendsALargeBatchInPieces() throws IOException {
        try (ArrowReader batches = numbers(1, 400_000)) {
            assertThat(new DatasetUpload(client).put(PUT, batches, rows -> {}).rows())
                    .isEqualTo(400_000);
        }
        assertThat(door.messages).hasValue(2);
        assertThat(door.committed).isEqualTo(texts(400_000));
    }

    @Test
    void asksForTheOutcomeWhereTheAnswerWasLost() throws IOException {
        door.commitsToLose.set(1);
        try (ArrowReader batches = numbers(1, 10)) {
            assertThat(new DatasetUpload(client).put(PUT, batches, rows -> {}).committed())
                    .isTrue();
        }
        assertThat(door.committed).isEqualTo(texts(10));
    }

    @Test
    void leavesNothingWhereThePutBreaksOff() throws IOException {
        door.putsToBreak.set(1);
        try (ArrowReader batches = numbers(50, 1_000)) {
            assertThatThrownBy(() -> new DatasetUpload(client).put(PUT, batches, rows -> {}))
                    .isInstanceOfSatisfying(
                            GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                    .hasMessageStartingWith("nothing was stored, the put broke off: ");
        }
        assertThat(door.committed).isEmpty();
        assertThat(door.aborted).containsExactly("s1");
    }

    @Test
    void sendsAgainTheOneSourceThatBrokeOff() throws IOException {
        door.putsToBreak.set(1);
        AtomicLong sent = new AtomicLong();

        PutResult result =
                new DatasetUpload(client).putAll(PUT, List.of(source(0, 1, 1), source(1, 50, 1_000)), sent::addAndGet);

        assertThat(result.rows()).isEqualTo(50_001);
        assertThat(sent).hasValue(50_001);
        assertThat(door.putIds).hasSize(1).doesNotContain("null");
        assertThat(door.partIds).containsExactly("0.0", "1.0", "1.0");
        assertThat(door.committed.subList(0, 3)).containsExactly("0", "1", "2");
        assertThat(door.committed).hasSize(50_001);
    }

    @Test
    void countsOnceWhatWasSentTwice() throws IOException {
        door.answersToLose.set(1);
        assertThat(new DatasetUpload(client)
                        .putAll(PUT, List.of(source(0, 1, 10)), rows -> {})
                        .rows())
                .isEqualTo(10);
        assertThat(door.partIds).containsExactly("0.0", "0.0");
        assertThat(door.committed).isEqualTo(texts(10));
    }

    @Test
    void leavesNothingWhereTheSecondSourceCannotBeRead() {
        DatasetUpload.Source broken = () -> {
            throw new IOException("no such file");
        };
        assertThatThrownBy(() -> new DatasetUpload(client).putAll(PUT, List.of(source(0, 1, 10), broken), rows -> {}))
                .isInstanceOf(IOException.class)
                .hasMessage("no such file");
        assertThat(door.committed).isEmpty();
        assertThat(door.aborted).containsExactly("s1");
    }

    @Test
    void sendsNothingWhereThePutWasCommittedBefore() throws IOException {
        DatasetPut put = new DatasetPut(null, "/d", null, "mine", null, null, null, null);
        PutResult first = new DatasetUpload(client).putAll(put, List.of(source(0, 1, 10)), rows -> {});
        AtomicInteger opened = new AtomicInteger();

        PutResult again = new DatasetUpload(client)
                .putAll(
                        put,
                        List.of(() -> {
                            opened.incrementAndGet();
                            return source(0, 1, 10).open();
                        }),
                        rows -> {});

        assertThat(again).isEqualTo(first);
        assertThat(opened).hasValue(0);
        assertThat(door.streams).hasValue(1);
    }

    @Test
    void givesUpSendingAgainAfterAWhile() {
        door.putsToBreak.set(100);
        AtomicInteger opened = new AtomicInteger();

        assertThatThrownBy(() -> new DatasetUpload(client)
                        .putAll(
                                PUT,
                                List.of(() -> {
                                    opened.incrementAndGet();
                                    return source(0, 50, 1_000).open();
                                }),
                                rows -> {}))
                .isInstanceOf(GridException.class)
                .hasMessageStartingWith("nothing was stored, the put broke off: ");
        assertThat(opened).hasValue(3);
        assertThat(door.aborted).containsExactly("s1");
    }

    @Test
    void beginsAnotherStreamWhereTheDictionariesChange() throws IOException {
        try (ArrowReader batches = words(List.of("ant", "bee"), List.of("cow", "dog"))) {
            new DatasetUpload(client).put(PUT, batches, rows -> {});
        }
        assertThat(door.committed).containsExactly("ant", "bee", "cow", "dog");
        assertThat(door.streams).hasValue(2);
    }

    @Test
    void keepsOneStreamWhereTheDictionariesStay() throws IOException {
        try (ArrowReader batches = words(List.of("ant", "bee"), List.of("ant", "bee"))) {
            new DatasetUpload(client).put(PUT, batches, rows -> {});
        }
        assertThat(door.committed).containsExactly("ant", "bee", "ant", "bee");
        assertThat(door.streams).hasValue(1);
    }

    /** Numbers from {@code first} on. */
    private DatasetUpload.Source source(int first, int batches, int rows) {
        return () -> DatasetUpload.Batches.of(numbers(first, batches, rows));
    }

    private ArrowReader numbers(int batches, int rows) throws IOException {
        return numbers(0, batches, rows);
    }

    private ArrowReader numbers(int first, int batches, int rows) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (VectorSchemaRoot root = VectorSchemaRoot.create(DatasetDoor.SCHEMA, client.allocator());
                ArrowStreamWriter writer = new ArrowStreamWriter(root, null, bytes)) {
            writer.start();
            for (int batch = 0; batch < batches; batch++) {
                BigIntVector column = (BigIntVector) root.getVector(0);
                column.allocateNew(rows);
                for (int i = 0; i < rows; i++) {
                    column.set(i, first + (long) batch * rows + i);
                }
                root.setRowCount(rows);
                writer.writeBatch();
            }
            writer.end();
        }
        return new ArrowStreamReader(new ByteArrayInputStream(bytes.toByteArray()), client.allocator());
    }

    /** A stream of one batch for each list, each with a dictionary of its own that replaces the one before. */
    @SafeVarargs
    private ArrowReader words(List<String>... batches) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DictionaryEncoding encoding = new DictionaryEncoding(1, false, new ArrowType.Int(32, true));
        Field field = new Field("word", new FieldType(true, new ArrowType.Int(32, true), encoding), null);
        try (VarCharVector dictionary = new VarCharVector("words", client.allocator());
                IntVector column = (IntVector) field.createVector(client.allocator());
                MapDictionaryProvider provider = new MapDictionaryProvider(new Dictionary(dictionary, encoding));
                VectorSchemaRoot root = VectorSchemaRoot.of(column);
                ArrowStreamWriter writer = new ArrowStreamWriter(root, provider, bytes)) {
            fill(dictionary, batches[0]);
            writer.start();
            for (List<String> words : batches) {
                fill(dictionary, words);
                column.allocateNew(words.size());
                for (int i = 0; i < words.size(); i++) {
                    column.set(i, i);
                }
                root.setRowCount(words.size());
                writer.writeBatch();
            }
            writer.end();
        }
        return new ArrowStreamReader(new ByteArrayInputStream(bytes.toByteArray()), client.allocator());
    }

    private static void fill(VarCharVector dictionary, List<String> words) {
        dictionary.allocateNew();
        for (int i = 0; i < words.size(); i++) {
            dictionary.setSafe(i, words.get(i).getBytes(StandardCharsets.UTF_8));
        }
        dictionary.setValueCount(words.size());
    }

    private static List<String> texts(long end) {
        return new ArrayList<>(LongStream.range(0, end).mapToObj(Long::toString).toList());
    }
}
