package io.swarmgrid.storage.outer;

import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** What a file is called in an outer store until it is whole. Nobody else calls one so, and nobody is shown it. */
public final class TemporaryName {
    private static final Pattern NAME = Pattern.compile("\\.swarm-[0-9a-f]{16}");

    private TemporaryName() {}

    public static String random() {
        return String.format(".swarm-%016x", ThreadLocalRandom.current().nextLong());
    }

    public static boolean is(String name) {
        return NAME.matcher(name).matches();
    }
}
