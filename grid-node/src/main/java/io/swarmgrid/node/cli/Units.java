package io.swarmgrid.node.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Numbers for people: decimal units (1 MB = 1,000,000 bytes), three digits that matter. */
public final class Units {
    private static final String[] PREFIXES = {"", "k", "M", "G", "T", "P"};
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneId.systemDefault());

    private Units() {}

    /** {@code 13.5 MB}. */
    public static String bytes(long sizeBytes) {
        return scaled((double) sizeBytes, "B");
    }

    /** {@code 1.2 GB/s}. */
    public static String bytesPerSecond(double bytesPerSecond) {
        return scaled(bytesPerSecond, "B/s");
    }

    /** {@code 3,000,000}. */
    public static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** {@code 420 ms}, {@code 3.1 s}, {@code 2 min 05 s}. */
    public static String duration(Duration time) {
        return nanos(time.toNanos());
    }

    public static String nanos(long nanos) {
        double seconds = nanos / 1e9;
        if (seconds < 1) {
            return String.format(Locale.ROOT, "%.0f ms", seconds * 1e3);
        }
        if (seconds < 100) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        return String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60);
    }

    public static String time(long epochMs) {
        return TIME.format(Instant.ofEpochMilli(epochMs));
    }

    /** {@code 3 h ago}: how long something is past. */
    public static String age(long epochMs) {
        long minutes = Math.max(0, System.currentTimeMillis() - epochMs) / 60_000;
        if (minutes < 1) {
            return "less than a minute ago";
        }
        if (minutes < 120) {
            return minutes + " min ago";
        }
        return minutes < 48 * 60 ? minutes / 60 + " h ago" : minutes / (24 * 60) + " days ago";
    }

    private static String scaled(double value, String unit) {
        double left = value;
        int prefix = 0;
        while (Math.abs(left) >= 999.5 && prefix < PREFIXES.length - 1) {
            left /= 1000;
            prefix++;
        }
        String digits;
        if (prefix == 0) {
            digits = String.format(Locale.ROOT, "%.0f", left);
        } else if (left < 9.995) {
            digits = String.format(Locale.ROOT, "%.2f", left);
        } else {
            digits = String.format(Locale.ROOT, left < 99.95 ? "%.1f" : "%.0f", left);
        }
        return digits + " " + PREFIXES[prefix] + unit;
    }
}
