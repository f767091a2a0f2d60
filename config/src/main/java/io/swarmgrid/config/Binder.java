package io.swarmgrid.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lays a tree of keys over a record: what the tree names replaces what the record holds. Problems are gathered, not
 * thrown, so that all of them can be told. A result of null means that a problem was noted.
 */
final class Binder {
    private static final Set<String> NOTHING = Set.of("none", "auto");

    private final Keys keys;
    private final List<String> problems = new ArrayList<>();

    Binder(Keys keys) {
        this.keys = keys;
    }

    List<String> problems() {
        return List.copyOf(problems);
    }

    <T extends Record> @Nullable T bind(Class<T> type, @Nullable T base, JsonNode tree, String path) {
        if (!(tree instanceof ObjectNode section)) {
            problem(path.isEmpty() ? "(file)" : path, shown(tree) + ", expected keys: " + componentNames(type));
            return null;
        }
        refuseUnknown(type, section, path);
        RecordComponent[] components = type.getRecordComponents();
        @Nullable Object[] values = new Object[components.length];
        boolean complete = true;
        for (int i = 0; i < components.length; i++) {
            values[i] = component(components[i], base, section, path);
            if (values[i] == null) {
                complete = false;
                values[i] = base == null ? null : read(components[i], base);
            }
        }
        if (!complete && (base == null || path.isEmpty())) {
            return null;
        }
        // Also with old values in place of those that did not fit: the ranges of the others are to be told as well.
        T bound = construct(type, components, values, path);
        return complete ? bound : null;
    }

    private void refuseUnknown(Class<?> type, ObjectNode section, String path) {
        Set<String> known = Arrays.stream(type.getRecordComponents())
                .map(component -> Keys.kebab(component.getName()))
                .collect(Collectors.toSet());
        for (Iterator<String> names = section.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                String nearest = path.endsWith("]") ? null : keys.nearest(dotted(path, name));
                problem(
                        dotted(path, name),
                        "unknown key, "
                                + (nearest == null
                                        ? "expected one of: " + componentNames(type)
                                        : "did you mean " + nearest + "?"));
            }
        }
    }

    private static String componentNames(Class<?> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(component -> Keys.kebab(component.getName()))
                .collect(Collectors.joining(", "));
    }

    private @Nullable Object component(
            RecordComponent component, @Nullable Object base, ObjectNode section, String path) {
        String name = Keys.kebab(component.getName());
        Object current = base == null ? null : read(component, base);
        JsonNode node = section.get(name);
        boolean optional = Values.unwrap(component.getGenericType()) != component.getGenericType();
        if (node == null || (node.isNull() && !optional)) {
            if (current != null) {
                return current;
            }
            if (optional) {
                return Optional.empty();
            }
            problem(dotted(path, name), "missing");
            return null;
        }
        return value(component.getGenericType(), current, node, dotted(path, name));
    }

    private @Nullable Object value(Type type, @Nullable Object current, JsonNode node, String path) {
        if (type instanceof ParameterizedType generic) {
            if (generic.getRawType() == Optional.class) {
                return optional((Class<?>) generic.getActualTypeArguments()[0], current, node, path);
            }
            return generic.getRawType() == List.class
                    ? list((Class<?>) generic.getActualTypeArguments()[0], node, path)
                    : map((Class<?>) generic.getActualTypeArguments()[1], current, node, path);
        }
        Class<?> plain = (Class<?>) type;
        return Values.isSection(plain) ? section(plain, current, node, path) : single(plain, node, path);
    }

    private @Nullable Object section(Class<?> type, @Nullable Object current, JsonNode node, String path) {
        return bindAny(type.asSubclass(Record.class), current, node, path);
    }

    private <T extends Record> @Nullable T bindAny(
            Class<T> type, @Nullable Object current, JsonNode node, String path) {
        return bind(type, current == null ? null : type.cast(current), node, path);
    }

    private @Nullable Object optional(Class<?> type, @Nullable Object current, JsonNode node, String path) {
        if (isNothing(node)) {
            return Optional.empty();
        }
        if (!Values.isSection(type)) {
            Object inner = single(type, node, path);
            return inner == null ? null : Optional.of(inner);
        }
        ObjectNode present = node.deepCopy();
        for (Iterator<JsonNode> each = present.elements(); each.hasNext(); ) {
            if (isNothing(each.next())) {
                each.remove();
            }
        }
        if (present.isEmpty()) {
            return Optional.empty();
        }
        Object base = current instanceof Optional<?> held ? held.orElse(null) : null;
        Object inner = section(type, base, present, path);
        return inner == null ? null : Optional.of(inner);
    }

    private static boolean isNothing(JsonNode node) {
        return node.isNull() || (node.isTextual() && NOTHING.contains(node.asText()));
    }

    /** A list in YAML; or, from the environment and the command line, texts with commas between, or YAML in brackets. */
    private @Nullable List<Object> list(Class<?> type, JsonNode node, String path) {
        List<JsonNode> elements = new ArrayList<>();
        if (node instanceof ArrayNode array) {
            array.forEach(elements::add);
        } else if (node.isTextual() && !Values.isSection(type)) {
            Arrays.stream(node.asText().split(",", -1))
                    .map(String::strip)
                    .filter(text -> !text.isEmpty())
                    .forEach(text -> elements.add(TextNode.valueOf(text)));
        } else {
            problem(path, shown(node) + ", expected a list");
            return null;
        }
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < elements.size(); i++) {
            Object value = value(type, null, elements.get(i), path + "[" + i + "]");
            if (value != null) {
                values.add(value);
            }
        }
        return values.size() == elements.size() ? values : null;
    }

    private @Nullable Map<String, Object> map(Class<?> type, @Nullable Object current, JsonNode node, String path) {
        if (!(node instanceof ObjectNode entries)) {
            problem(path, shown(node) + ", expected names with keys below them");
            return null;
        }
        Map<String, Object> values = new LinkedHashMap<>();
        if (current instanceof Map<?, ?> held) {
            held.forEach((name, value) -> values.put((String) name, value));
        }
        boolean complete = true;
        for (Map.Entry<String, JsonNode> entry : entries.properties()) {
            Object base = values.getOrDefault(entry.getKey(), QosClassConfig.defaults());
            Object value = value(type, base, entry.getValue(), dotted(path, entry.getKey()));
            if (value == null) {
                complete = false;
            } else {
                values.put(entry.getKey(), value);
            }
        }
        return complete ? values : null;
    }

    private @Nullable Object single(Class<?> type, JsonNode node, String path) {
        if (node.isValueNode() && !node.isNull()) {
            try {
                return Values.parse(type, node.asText());
            } catch (IllegalArgumentException e) {
                // Falls through to the one sentence that tells it.
            }
        }
        problem(path, shown(node) + ", expected " + Values.expected(type));
        return null;
    }

    private static String shown(JsonNode node) {
        return node.isTextual() ? "\"" + node.asText() + "\"" : node.toString();
    }

    private <T extends Record> @Nullable T construct(
            Class<T> type, RecordComponent[] components, @Nullable Object[] values, String path) {
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof ConfigException invalid) {
                invalid.problems().forEach(line -> problems.add(dotted(path, line)));
                return null;
            }
            throw new IllegalStateException("cannot make " + type + " of " + Arrays.toString(values), e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot make " + type + " of " + Arrays.toString(values), e);
        }
    }

    private static Object read(RecordComponent component, Object holder) {
        try {
            return Objects.requireNonNull(component.getAccessor().invoke(holder), component::getName);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read " + component + " of " + holder, e);
        }
    }

    private void problem(String path, String wrong) {
        problems.add(path + ": " + wrong);
    }

    private static String dotted(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
