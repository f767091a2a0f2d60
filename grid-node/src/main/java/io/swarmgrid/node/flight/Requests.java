package io.swarmgrid.node.flight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Json;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the JSON of requests strictly: an unknown field and a missing one are named. */
final class Requests {
    private static final Pattern UPPER = Pattern.compile("([A-Z])");

    /** Looked up once for a type: Java makes the description of a record anew each time. */
    private static final ClassValue<List<Field>> FIELDS = new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> type) {
            return Arrays.stream(type.getRecordComponents())
                    .map(component -> new Field(name(component), isOptional(component)))
                    .toList();
        }
    };

    private record Field(String name, boolean optional) {}

    private final long maxBytes;

    Requests(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** A JSON object; nothing at all is an empty one. */
    ObjectNode object(byte[] json, String what) {
        if (json.length > maxBytes) {
            throw GridException.invalid(what + ": JSON of " + json.length + " bytes, at most " + maxBytes
                    + " are allowed (limits.request-size)");
        }
        byte[] text = json.length == 0 ? "{}".getBytes(StandardCharsets.UTF_8) : json;
        JsonNode tree = Json.tree(text);
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw GridException.invalid(what + ": expected a JSON object");
    }

    /** @throws GridException INVALID_ARGUMENT that names the field */
    <T extends Record> T read(byte[] json, Class<T> type, String what) {
        return convert(object(json, what), type, what);
    }

    <T extends Record> T convert(ObjectNode object, Class<T> type, String what) {
        List<String> missing = new ArrayList<>();
        List<String> known = new ArrayList<>();
        for (Field field : FIELDS.get(type)) {
            known.add(field.name());
            if (!field.optional() && !object.hasNonNull(field.name())) {
                missing.add("'" + field.name() + "'");
            }
        }
        refuseUnknown(object, known, what);
        if (!missing.isEmpty()) {
            throw GridException.invalid(what + ": missing field " + String.join(", ", missing));
        }
        try {
            return Json.convert(object, type);
        } catch (GridException e) {
            throw new GridException(e.code(), what + ": " + e.getMessage(), e.path(), e.hint(), e);
        }
    }

    /** First of all: an unknown field says more than the known one that is missing for it. */
    private static void refuseUnknown(ObjectNode object, List<String> known, String what) {
        object.fieldNames().forEachRemaining(field -> {
            if (!known.contains(field)) {
                throw GridException.invalid(what + ": unknown field '" + field + "' (known: " + known + ")");
            }
        });
    }

    private static boolean isOptional(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static String name(RecordComponent component) {
        return UPPER.matcher(component.getName()).replaceAll("_$1").toLowerCase(Locale.ROOT);
    }
}
