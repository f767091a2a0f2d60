package io.swarmgrid.storage.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.wire.DatasetPut;
import io.swarmgrid.client.wire.DatasetRead;
import io.swarmgrid.client.wire.PutMode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DictionaryTest {
    private static final ArrowType INDEX = new ArrowType.Int(32, true);
    private static final DictionaryEncoding ENCODING = new DictionaryEncoding(7, false, null);
    private static final Schema SCHEMA =
            new Schema(List.of(new Field("name", new FieldType(true, INDEX, ENCODING), null)));

    private final Fixture fixture = new Fixture();
    private final VarCharVector values = new VarCharVector("values", fixture.allocator);
    private final VectorSchemaRoot root = VectorSchemaRoot.create(SCHEMA, fixture.allocator);
    private final DictionaryProvider provider =
            new DictionaryProvider.MapDictionaryProvider(new Dictionary(values, ENCODING));

    @AfterEach
    void nothingIsLeft() {
        values.close();
        root.close();
        fixture.close();
    }

    private void dictionary(String... texts) {
        values.clear();
        for (int i = 0; i < texts.length; i++) {
            values.setSafe(i, texts[i].getBytes(StandardCharsets.UTF_8));
        }
        values.setValueCount(texts.length);
    }

    private void indices(int... numbers) {
        root.clear();
        for (int i = 0; i < numbers.length; i++) {
            ((IntVector) root.getVector(0)).setSafe(i, numbers[i]);
        }
        root.setRowCount(numbers.length);
    }

    private DatasetWriter writer(DatasetPut put) {
        return fixture.store.put(Fixture.CALL, put, SCHEMA, provider);
    }

    private List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (DatasetPlan.Endpoint endpoint : fixture.store
                .plan(Fixture.CALL, new DatasetRead("/d", null, null))
                .endpoints()) {
            try (PartitionReader reader = fixture.store.open(Fixture.CALL, endpoint.read())) {
                while (reader.next()) {
                    texts.addAll(decoded(reader.root(), reader.dictionaries()));
                }
            }
        }
        return texts;
    }

    private static List<String> decoded(VectorSchemaRoot root, DictionaryProvider dictionaries) {
        List<String> texts = new ArrayList<>();
        for (int row = 0; row < root.getRowCount(); row++) {
            int index = ((IntVector) root.getVector(0)).get(row);
            texts.add(String.valueOf(dictionaries.lookup(7).getVector().getObject(index)));
        }
        return texts;
    }

    @Test
    void keepsOneDictionaryInOneFile() {
        try (DatasetWriter writer = writer(Fixture.to("/d", PutMode.CREATE))) {
            dictionary("a", "b");
            indices(0, 1, 1);
            writer.write(root);
            dictionary("a", "b"); // the same values in other buffers
            indices(1, 0);
            writer.write(root);
            writer.commit();
        }
        assertThat(fixture.plan("/d", null, null).endpoints()).hasSize(1);
        assertThat(texts()).containsExactly("a", "b", "b", "b", "a");
    }

    @Test
    void beginsAFileWhereADictionaryIsReplaced() {
        try (DatasetWriter writer = writer(Fixture.to("/d", PutMode.CREATE))) {
            dictionary("a", "b");
            indices(0, 1);
            writer.write(root);
            dictionary("x", "y");
            indices(0, 1);
            writer.write(root);
            dictionary("x", "y", "z");
            indices(2);
            writer.write(root);
            writer.commit();
        }
        assertThat(fixture.plan("/d", null, null).endpoints()).hasSize(3);
        assertThat(texts()).containsExactly("a", "b", "x", "y", "z");
    }

    @Test
    void tellsTheTypeOfTheValuesAsItsSchema() {
        try (DatasetWriter writer = writer(Fixture.to("/d", PutMode.CREATE))) {
            dictionary("a");
            indices(0);
            writer.write(root);
            writer.commit();
        }
        assertThat(fixture.plan("/d", null, null).schema().getFields().get(0).getType())
                .isEqualTo(ArrowType.Utf8.INSTANCE);
        assertThat(fixture.store
                        .info(Fixture.CALL, Fixture.path("/d"))
                        .columns()
                        .get(0)
                        .type())
                .isEqualTo("Dictionary(Utf8, Int(32, true))");
    }

    @Test
    void writesItsDictionariesIntoAStream() throws Exception {
        try (DatasetWriter writer = writer(Fixture.to("/d", PutMode.CREATE))) {
            dictionary("a", "b");
            indices(1, 0, 1);
            writer.write(root);
            writer.commit();
        }
        for (List<Long> rows : List.of(List.of(0L, 3L), List.of(1L, 3L))) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            fixture.store.writeStream(
                    Fixture.CALL,
                    fixture.plan("/d", null, rows).endpoints().get(0).read(),
                    out);
            try (ArrowStreamReader reader =
                    new ArrowStreamReader(new ByteArrayInputStream(out.toByteArray()), fixture.allocator)) {
                reader.loadNextBatch();
                assertThat(decoded(reader.getVectorSchemaRoot(), reader))
                        .isEqualTo(List.of("b", "a", "b").subList(Math.toIntExact(rows.get(0)), 3));
            }
        }
    }

    @Test
    void partitionsByTheValuesOfADictionary() {
        try (DatasetWriter writer = writer(new DatasetPut(null, "/d", null, null, null, "name", null, "zstd"))) {
            dictionary("a", "b");
            indices(0, 1, 0, 1, 1);
            writer.write(root);
            writer.commit();
        }
        assertThat(texts()).containsExactly("a", "a", "b", "b", "b");
    }
}
