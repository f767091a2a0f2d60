package io.swarmgrid.node.cli;

import java.math.BigDecimal;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.jspecify.annotations.Nullable;

/** Single values out of vectors, dictionaries looked up. */
final class Values {
    private Values() {}

    static @Nullable Object of(FieldVector column, DictionaryProvider dictionaries, int row) {
        if (column.isNull(row)) {
            return null;
        }
        Object value = column.getObject(row);
        DictionaryEncoding encoding = column.getField().getDictionary();
        if (encoding != null && value instanceof Number index) {
            Dictionary dictionary = dictionaries.lookup(encoding.getId());
            if (dictionary != null) {
                value = dictionary.getVector().getObject(index.intValue());
            }
        }
        return value instanceof byte[] bytes ? Base64.getEncoder().encodeToString(bytes) : value;
    }

    /** Numbers, booleans, lists and maps stay what they are; everything else becomes its text. */
    static @Nullable Object forJson(@Nullable Object value) {
        if (value == null || value instanceof Boolean || value instanceof BigDecimal) {
            return value;
        }
        if (value instanceof Double number) {
            return number.isNaN() || number.isInfinite() ? number.toString() : number;
        }
        if (value instanceof Float number) {
            return number.isNaN() || number.isInfinite() ? number.toString() : number;
        }
        if (value instanceof Number) {
            return value;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(Values::forJson).collect(Collectors.toCollection(java.util.ArrayList::new));
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> copy = new java.util.LinkedHashMap<>();
            map.forEach((key, inner) -> copy.put(String.valueOf(key), forJson(inner)));
            return copy;
        }
        return value.toString();
    }
}
