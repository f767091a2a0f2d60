package io.swarmgrid.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How the text of a single value becomes a Java value, and how to tell what was expected where it does not. */
final class Values {
    private static final Map<Class<?>, Kind> KINDS = Map.ofEntries(
            Map.entry(String.class, new Kind("text", text -> text)),
            Map.entry(int.class, new Kind("a whole number", Integer::valueOf)),
            Map.entry(Integer.class, new Kind("a whole number", Integer::valueOf)),
            Map.entry(boolean.class, new Kind("true or false", Values::bool)),
            Map.entry(Boolean.class, new Kind("true or false", Values::bool)),
            Map.entry(Path.class, new Kind("a path", Values::path)),
            Map.entry(Duration.class, new Kind("a duration such as 500ms, 5s or 10m", Durations::parse)),
            Map.entry(DataSize.class, new Kind("a size such as 4KiB, 64MiB or 128MB", DataSize::parse)),
            Map.entry(HostPort.class, new Kind("host:port", HostPort::parse)),
            Map.entry(Reserve.class, new Kind("a percentage or a size, such as 5% or 20GiB", Reserve::parse)),
            Map.entry(Share.class, new Kind("a percentage or a rate, such as 30% or 200MiB/s", Share::parse)));

    private record Kind(String expected, Function<String, Object> parser) {}

    private Values() {}

    /** Whether the type is a record of keys rather than a value. */
    static boolean isSection(Class<?> type) {
        return type.isRecord() && !KINDS.containsKey(type);
    }

    /** What an Optional holds; any other type as it is. */
    static Type unwrap(Type type) {
        return type instanceof ParameterizedType generic && generic.getRawType() == Optional.class
                ? generic.getActualTypeArguments()[0]
                : type;
    }

    /** Throws {@link IllegalArgumentException} (a NumberFormatException included) when the text does not fit. */
    static Object parse(Class<?> type, String text) {
        if (type.isEnum()) {
            return Arrays.stream(type.getEnumConstants())
                    .filter(constant -> name(constant).equals(text.strip()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no constant: " + text));
        }
        return kind(type).parser.apply(text.strip());
    }

    static String expected(Class<?> type) {
        return type.isEnum()
                ? Arrays.stream(type.getEnumConstants())
                        .map(Values::name)
                        .collect(Collectors.joining(", ", "one of: ", ""))
                : kind(type).expected;
    }

    private static Kind kind(Class<?> type) {
        Kind kind = KINDS.get(type);
        if (kind == null) {
            throw new IllegalStateException("no parser for a configuration value of " + type);
        }
        return kind;
    }

    private static String name(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Boolean bool(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("neither true nor false: " + text);
        };
    }

    private static Path path(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("empty path");
        }
        return Path.of(text);
    }
}
