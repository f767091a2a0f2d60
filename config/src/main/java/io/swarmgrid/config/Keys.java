package io.swarmgrid.config;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The dotted keys of the configuration, read off the record tree. A map's own keys appear as {@code *}, the components
 * of a list's elements do not appear: a list is one key.
 */
final class Keys {
    private static final String ANY = "*";

    private final List<String> leaves = new ArrayList<>();
    private final List<String> all = new ArrayList<>();

    private Keys() {}

    static Keys of(Class<?> root) {
        Keys keys = new Keys();
        keys.walk(root, "");
        return keys;
    }

    /** Every key that takes a value. */
    List<String> leaves() {
        return List.copyOf(leaves);
    }

    /** The key an environment variable speaks of: {@code SWARM_STORAGE_BLOCK_SIZE} is {@code storage.block-size}. */
    Optional<String> ofVariable(String variable) {
        return leaves.stream().flatMap(key -> match(key, variable).stream()).findFirst();
    }

    private static Optional<String> match(String key, String variable) {
        int any = key.indexOf(ANY);
        if (any < 0) {
            return variable(key).equals(variable) ? Optional.of(key) : Optional.empty();
        }
        String before = variable(key.substring(0, any));
        String after = variable(key.substring(any + 1)).substring("SWARM_".length());
        Matcher name = Pattern.compile(Pattern.quote(before) + "(.+)" + Pattern.quote(after))
                .matcher(variable);
        return name.matches()
                ? Optional.of(
                        key.replace(ANY, name.group(1).toLowerCase(Locale.ROOT).replace('_', '-')))
                : Optional.empty();
    }

    /** The environment variable of a key. */
    static String variable(String key) {
        return "SWARM_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    /** The key most like the one given, to suggest. */
    String nearest(String wrong) {
        return nearest(wrong, all, key -> key);
    }

    /** The variable most like the one given, to suggest. */
    String nearestVariable(String wrong) {
        return variable(nearest(wrong, leaves, Keys::variable));
    }

    private static String nearest(String wrong, List<String> keys, Function<String, String> form) {
        return keys.stream()
                .min(Comparator.comparingDouble((String key) -> difference(wrong, form.apply(key))))
                .orElseThrow();
    }

    /** Of the whole keys, or of their last parts alone: a key is often right but in the wrong section. */
    private static double difference(String wrong, String key) {
        return Math.min(relative(wrong, key), 0.15 + relative(last(wrong), last(key)));
    }

    private static double relative(String one, String other) {
        return (double) distance(one, other) / Math.max(one.length(), other.length());
    }

    private static String last(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }

    /** Levenshtein's edit distance. */
    static int distance(String one, String other) {
        int[] previous = new int[other.length() + 1];
        for (int j = 0; j < previous.length; j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] current = new int[previous.length];
            current[0] = i;
            for (int j = 1; j < current.length; j++) {
                int swap = previous[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(swap, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[other.length()];
    }

    /** The key of a record's component: {@code blockSize} is {@code block-size}. */
    static String kebab(String component) {
        return component.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private void walk(Class<?> type, String prefix) {
        for (RecordComponent component : type.getRecordComponents()) {
            String key = prefix + kebab(component.getName());
            Type inner = component.getGenericType();
            all.add(key);
            if (inner instanceof ParameterizedType generic && generic.getRawType() == java.util.Map.class) {
                all.add(key + "." + ANY);
                walk((Class<?>) generic.getActualTypeArguments()[1], key + "." + ANY + ".");
            } else if (Values.unwrap(inner) instanceof Class<?> section && Values.isSection(section)) {
                walk(section, key + ".");
            } else {
                leaves.add(key);
            }
        }
    }
}
