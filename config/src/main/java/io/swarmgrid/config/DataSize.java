package io.swarmgrid.config;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of data in bytes. Written {@code 64MiB}, {@code 4KiB}, {@code 3TiB} (powers of 1024), {@code 128MB} (powers
 * of 1000), {@code 1.5GiB} where that is a whole number of bytes, or as plain bytes. {@link #toString()} gives the
 * largest unit that divides it, so that parsing it again gives the same size.
 */
public record DataSize(long bytes) implements Comparable<DataSize> {
    private static final Pattern FORM = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([a-zA-Z]*)");

    private static final List<Unit> UNITS = List.of(
            new Unit("PiB", 1L << 50),
            new Unit("PB", 1_000_000_000_000_000L),
            new Unit("TiB", 1L << 40),
            new Unit("TB", 1_000_000_000_000L),
            new Unit("GiB", 1L << 30),
            new Unit("GB", 1_000_000_000L),
            new Unit("MiB", 1L << 20),
            new Unit("MB", 1_000_000L),
            new Unit("KiB", 1L << 10),
            new Unit("KB", 1_000L),
            new Unit("B", 1L));

    private record Unit(String name, long bytes) {}

    public DataSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("bad size: bytes=" + bytes);
        }
    }

    public static DataSize ofBytes(long bytes) {
        return new DataSize(bytes);
    }

    public static DataSize ofKibibytes(long kibibytes) {
        return new DataSize(Math.multiplyExact(kibibytes, 1L << 10));
    }

    public static DataSize ofMebibytes(long mebibytes) {
        return new DataSize(Math.multiplyExact(mebibytes, 1L << 20));
    }

    public static DataSize ofGibibytes(long gibibytes) {
        return new DataSize(Math.multiplyExact(gibibytes, 1L << 30));
    }

    /** Throws {@link IllegalArgumentException} naming the text when it is no size. */
    public static DataSize parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw new IllegalArgumentException("not a size: \"" + text + "\"");
        }
        String suffix = form.group(2).toLowerCase(Locale.ROOT);
        long scale = UNITS.stream()
                .filter(unit -> unit.name.toLowerCase(Locale.ROOT).equals(suffix.isEmpty() ? "b" : suffix))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("not a size: \"" + text + "\""))
                .bytes;
        try {
            return new DataSize(new BigDecimal(form.group(1))
                    .multiply(BigDecimal.valueOf(scale))
                    .longValueExact());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("not a whole number of bytes below 8 EiB: \"" + text + "\"", e);
        }
    }

    /** The size as an int; throws {@link ArithmeticException} from 2 GiB on. */
    public int toIntBytes() {
        return Math.toIntExact(bytes);
    }

    @Override
    public int compareTo(DataSize other) {
        return Long.compare(bytes, other.bytes);
    }

    @Override
    public String toString() {
        for (Unit unit : UNITS) {
            if (bytes >= unit.bytes && bytes % unit.bytes == 0) {
                return bytes / unit.bytes + unit.name;
            }
        }
        return bytes + "B";
    }
}
