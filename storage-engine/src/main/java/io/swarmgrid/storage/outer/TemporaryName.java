package io.swarmgrid.storage.outer;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** What a file is called in an outer store until it is whole. Nobody else calls one so, and nobody is shown it. */
public final class TemporaryName {
    /** Whoever wrote one that is older has died over it. */
    public static final Duration OLD = Duration.ofDays(1);

    private static final Pattern NAME = Pattern.compile("\\.swarm-[0-9a-f]{16}");
    private static final int MAX_SWEPT = 1000;

    private TemporaryName() {}

    public static String random() {
        return String.format(".swarm-%016x", ThreadLocalRandom.current().nextLong());
    }

    public static boolean is(String name) {
        return NAME.matcher(name).matches();
    }

    /** Directories, the last thousand that were added; adding one tells whether it was not among them. Thread-safe. */
    public static Set<String> lastSwept() {
        return Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
                return size() > MAX_SWEPT;
            }
        }));
    }
}
