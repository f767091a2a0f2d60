package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.batch.Rows;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Tells the rows of a batch apart by the value of one column. */
final class ByColumn {
    private static final int SHOWN_CHARS = 256;
    /** Stands for null, and for no text. */
    private static final String NULL = "\0";

    private final int column;
    private final String name;
    private final DictionaryProvider dictionaries;

    /** @throws GridException INVALID_ARGUMENT where there is no such column, or it holds no plain values */
    ByColumn(Schema schema, String name, DictionaryProvider dictionaries) {
        this.column = WireSchema.column(schema, name);
        this.name = name;
        this.dictionaries = dictionaries;
        Field field = schema.getFields().get(column);
        if (!field.getChildren().isEmpty() || field.getType() instanceof ArrowType.FloatingPoint) {
            throw GridException.invalid("partition_by: column '" + name + "' is " + field.getType()
                    + "; expected plain values, not nested and not floating-point");
        }
    }

    /** The rows of each value, in order; values by their text, in order of their first row. */
    Map<String, List<Rows>> split(VectorSchemaRoot root, Rows rows) {
        FieldVector vector = root.getVector(column);
        Map<String, List<Rows>> parts = new LinkedHashMap<>();
        int start = 0;
        String key = rows.count() == 0 ? "" : text(vector, 0);
        for (int row = 1; row <= rows.count(); row++) {
            String next = row == rows.count() ? null : text(vector, row);
            if (!key.equals(next)) {
                parts.computeIfAbsent(key, any -> new ArrayList<>()).add(rows.slice(start, row - start));
                start = row;
                key = next == null ? "" : next;
            }
        }
        return parts;
    }

    /** As an attribute of a partition file. */
    String label(String value) {
        String text = name + "=" + (value.equals(NULL) ? "null" : value);
        return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "...";
    }

    private String text(FieldVector vector, int row) {
        if (vector.isNull(row)) {
            return NULL;
        }
        DictionaryEncoding encoding = vector.getField().getDictionary();
        Object value = vector.getObject(row);
        if (encoding != null && value instanceof Number index) {
            Dictionary dictionary = Objects.requireNonNull(dictionaries.lookup(encoding.getId()));
            FieldVector values = dictionary.getVector();
            if (index.intValue() < 0 || index.intValue() >= values.getValueCount()) {
                throw new GridException(
                        ErrorCode.CORRUPT_INPUT,
                        "column '" + name + "': index " + index + " in a dictionary of " + values.getValueCount());
            }
            value = values.getObject(index.intValue());
        }
        return value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(value);
    }
}
