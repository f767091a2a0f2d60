package io.swarmgrid.storage.namespace;

import java.util.List;
import java.util.Locale;

/** Sizes as messages have them. */
public final class SizeText {
    private static final List<String> UNITS = List.of("B", "KiB", "MiB", "GiB", "TiB", "PiB");

    private SizeText() {}

    /** Rounded: it is for people. */
    public static String of(long bytes) {
        double left = bytes;
        int unit = 0;
        while (left >= 1024 && unit < UNITS.size() - 1) {
            left /= 1024;
            unit++;
        }
        return (left == Math.rint(left) ? String.valueOf((long) left) : String.format(Locale.ROOT, "%.1f", left)) + " "
                + UNITS.get(unit);
    }
}
