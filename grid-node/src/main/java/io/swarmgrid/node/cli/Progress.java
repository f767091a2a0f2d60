package io.swarmgrid.node.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongFunction;

/**
 * A bar on a terminal, or a plain line every few seconds where the output is not one; nothing at all for work that is
 * over before {@code quietNanos}. Thread-safe. Closing it clears the bar.
 */
public final class Progress implements AutoCloseable {
    private static final long BAR_EVERY_NANOS = 100_000_000L;
    private static final long LINE_EVERY_NANOS = 5_000_000_000L;
    private static final int BAR_CELLS = 24;

    /** Where and how progress is shown. */
    public record Style(PrintStream out, boolean terminal, int width, long quietNanos, String indent) {
        /** Shows nothing. */
        public static Style silent(PrintStream out) {
            return new Style(out, false, 80, Long.MAX_VALUE, "");
        }

        public Style withIndent(String deeper) {
            return new Style(out, terminal, width, quietNanos, deeper);
        }

        /** From the first moment on, not only past the first second. */
        public Style eager() {
            return quietNanos == Long.MAX_VALUE ? this : new Style(out, terminal, width, 0, indent);
        }
    }

    private final Style style;
    private final String label;
    private final LongFunction<String> amount;
    private final boolean showRate;
    private final long startNanos = System.nanoTime();

    private long total;
    private long done;
    private String note = "";
    private long shownNanos;
    private int shownLength;

    private Progress(Style style, String label, long total, LongFunction<String> amount, boolean showRate) {
        this.style = style;
        this.label = label;
        this.total = total;
        this.amount = amount;
        this.showRate = showRate;
        this.shownNanos = startNanos;
    }

    /** @param totalBytes 0 where it is not known */
    public static Progress ofBytes(Style style, String label, long totalBytes) {
        return new Progress(style, label, totalBytes, Units::bytes, true);
    }

    /** @param total 0 where it is not known */
    public static Progress ofItems(Style style, String label, long total, String unit) {
        return new Progress(style, label, total, n -> Units.count(n) + " " + unit, false);
    }

    public synchronized void advance(long more) {
        done += more;
        show();
    }

    public synchronized void at(long nowDone, long nowTotal, String nowNote) {
        done = nowDone;
        total = nowTotal;
        note = nowNote;
        show();
    }

    public synchronized long done() {
        return done;
    }

    public long elapsedNanos() {
        return System.nanoTime() - startNanos;
    }

    @Override
    public synchronized void close() {
        if (shownLength > 0) {
            style.out.print("\r" + " ".repeat(shownLength) + "\r");
            style.out.flush();
            shownLength = 0;
        }
    }

    private void show() {
        long now = System.nanoTime();
        long elapsed = now - startNanos;
        long every = style.terminal ? BAR_EVERY_NANOS : LINE_EVERY_NANOS;
        if (elapsed < style.quietNanos || (now - shownNanos < every && shownNanos != startNanos)) {
            return;
        }
        if (!style.terminal && elapsed < LINE_EVERY_NANOS) {
            return;
        }
        shownNanos = now;
        String line = line(elapsed);
        if (style.terminal) {
            String cut = line.length() < style.width ? line : line.substring(0, style.width - 1);
            style.out.print("\r" + cut + " ".repeat(Math.max(0, shownLength - cut.length())));
            shownLength = cut.length();
        } else {
            style.out.println(line);
        }
        style.out.flush();
    }

    private String line(long elapsedNanos) {
        StringBuilder line = new StringBuilder(style.indent).append(label).append(' ');
        if (total > 0) {
            double part = Math.min(1.0, (double) done / total);
            if (style.terminal) {
                int full = (int) (part * BAR_CELLS);
                line.append('[')
                        .append("#".repeat(full))
                        .append("-".repeat(BAR_CELLS - full))
                        .append("] ");
            }
            line.append(String.format(Locale.ROOT, "%3.0f%% ", part * 100));
            line.append(amount.apply(done)).append(" of ").append(amount.apply(total));
        } else {
            line.append(amount.apply(done));
        }
        double seconds = elapsedNanos / 1e9;
        if (showRate && seconds > 0.2) {
            double rate = done / seconds;
            line.append(", ").append(Units.bytesPerSecond(rate));
            if (total > done && rate > 0) {
                line.append(", ")
                        .append(Units.nanos((long) ((total - done) / rate * 1e9)))
                        .append(" left");
            }
        }
        if (!note.isEmpty()) {
            line.append(", ").append(note);
        }
        return line.toString();
    }
}
