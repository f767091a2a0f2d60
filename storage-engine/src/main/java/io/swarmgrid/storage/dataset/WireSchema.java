package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.DatasetInfo;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.DictionaryUtility;
import org.jspecify.annotations.Nullable;

/**
 * Schemas as messages have them: a dictionary-encoded field has the type of its values. (In memory, as vectors have it, such
 * a field has the type of its indices.)
 */
final class WireSchema {
    private static final int NAMES_SHOWN = 20;

    private WireSchema() {}

    /**
     * @param dictionaryIds is given the ids of all dictionaries used, inner ones after those that use them
     * @throws GridException INVALID_ARGUMENT where a dictionary is missing
     */
    static Schema ofMemory(Schema memory, DictionaryProvider dictionaries, Set<Long> dictionaryIds) {
        try {
            List<Field> fields = new ArrayList<>(memory.getFields().size());
            for (Field field : memory.getFields()) {
                fields.add(DictionaryUtility.toMessageFormat(field, dictionaries, dictionaryIds));
            }
            return new Schema(fields, memory.getCustomMetadata());
        } catch (IllegalArgumentException e) {
            throw new GridException(ErrorCode.INVALID_ARGUMENT, "bad schema: " + e.getMessage(), e);
        }
    }

    /**
     * The places of columns by name; all of them, in order, where none are named.
     *
     * @throws GridException INVALID_ARGUMENT that names the unknown or ambiguous column and what there is
     */
    static int[] columns(Schema schema, @Nullable List<String> names) {
        int count = schema.getFields().size();
        if (names == null) {
            int[] all = new int[count];
            for (int i = 0; i < count; i++) {
                all[i] = i;
            }
            return all;
        }
        if (new LinkedHashSet<>(names).size() != names.size()) {
            throw GridException.invalid("a column is named twice: " + names);
        }
        return names.stream().mapToInt(name -> column(schema, name)).toArray();
    }

    static int column(Schema schema, String name) {
        int found = -1;
        for (int i = 0; i < schema.getFields().size(); i++) {
            if (schema.getFields().get(i).getName().equals(name)) {
                if (found >= 0) {
                    throw GridException.invalid("column '" + name + "' is ambiguous: the schema has it twice");
                }
                found = i;
            }
        }
        if (found < 0) {
            throw GridException.invalid("no column '" + name + "' (there are: " + names(schema) + ")");
        }
        return found;
    }

    static Schema select(Schema schema, int[] columns) {
        List<Field> fields = new ArrayList<>(columns.length);
        for (int column : columns) {
            fields.add(schema.getFields().get(column));
        }
        return new Schema(fields, schema.getCustomMetadata());
    }

    static List<DatasetInfo.Column> describe(Schema schema) {
        return schema.getFields().stream()
                .map(field -> new DatasetInfo.Column(field.getName(), type(field), field.isNullable()))
                .toList();
    }

    /**
     * What first makes {@code other} another schema than this one, in words; null where they are the same. Names, types
     * and nullability count, in order; metadata and the ids of dictionaries do not.
     */
    static @Nullable String firstDifference(Schema schema, Schema other) {
        return firstDifference("", schema.getFields(), other.getFields());
    }

    private static @Nullable String firstDifference(String above, List<Field> fields, List<Field> others) {
        for (int i = 0; i < Math.min(fields.size(), others.size()); i++) {
            String difference = firstDifference(above, fields.get(i), others.get(i));
            if (difference != null) {
                return difference;
            }
        }
        if (fields.size() == others.size()) {
            return null;
        }
        List<Field> more = fields.size() > others.size() ? fields : others;
        String extra = more.get(Math.min(fields.size(), others.size())).getName();
        return "column '" + above + extra + "' is " + (more == fields ? "missing" : "not in the dataset");
    }

    private static @Nullable String firstDifference(String above, Field field, Field other) {
        String name = above + field.getName();
        if (!field.getName().equals(other.getName())) {
            return "column '" + name + "' expected, got '" + above + other.getName() + "'";
        }
        if (!type(field).equals(type(other))) {
            return "column '" + name + "' is " + type(field) + ", got " + type(other);
        }
        if (field.isNullable() != other.isNullable()) {
            return "column '" + name + "' is " + nullability(field) + ", got " + nullability(other);
        }
        return firstDifference(name + ".", field.getChildren(), other.getChildren());
    }

    private static String nullability(Field field) {
        return field.isNullable() ? "nullable" : "not nullable";
    }

    private static String type(Field field) {
        DictionaryEncoding encoding = field.getDictionary();
        return encoding == null
                ? field.getType().toString()
                : "Dictionary(" + field.getType() + ", " + encoding.getIndexType()
                        + (encoding.isOrdered() ? ", ordered)" : ")");
    }

    private static String names(Schema schema) {
        String shown = schema.getFields().stream()
                .limit(NAMES_SHOWN)
                .map(Field::getName)
                .collect(Collectors.joining(", "));
        int more = schema.getFields().size() - NAMES_SHOWN;
        return more > 0 ? shown + " and " + more + " more" : shown;
    }
}
