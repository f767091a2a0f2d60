package io.swarmgrid.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Gathers what is wrong with the fields of one record, so that all of it is told at once. */
final class Checks {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final List<String> problems = new ArrayList<>();

    Checks between(String key, long value, long low, long high) {
        return that(value >= low && value <= high, key, value + ", expected " + low + " to " + high);
    }

    Checks between(String key, DataSize value, String low, String high) {
        boolean inside = value.compareTo(DataSize.parse(low)) >= 0 && value.compareTo(DataSize.parse(high)) <= 0;
        return that(inside, key, value + ", expected " + low + " to " + high);
    }

    Checks between(String key, Duration value, String low, String high) {
        boolean inside = value.compareTo(Durations.parse(low)) >= 0 && value.compareTo(Durations.parse(high)) <= 0;
        return that(inside, key, Durations.format(value) + ", expected " + low + " to " + high);
    }

    Checks name(String key, String value) {
        return that(
                NAME.matcher(value).matches(),
                key,
                "\"" + value + "\", expected 1 to 64 letters, digits, '.', '_' or '-', the first a letter or digit");
    }

    Checks that(boolean holds, String key, String wrong) {
        if (!holds) {
            problems.add(key + ": " + wrong);
        }
        return this;
    }

    void done() {
        if (!problems.isEmpty()) {
            throw new ConfigException("bad configuration values:", problems);
        }
    }
}
