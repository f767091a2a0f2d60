package io.swarmgrid.config;

import java.util.Optional;

/**
 * Room kept free: a percentage of the whole ({@code 5%}) or a size ({@code 20GiB}). {@code percent} counts only while
 * {@code size} is empty.
 */
public record Reserve(double percent, Optional<DataSize> size) {
    public Reserve {
        if (!(percent >= 0 && percent <= 100)) {
            throw new IllegalArgumentException("bad reserve: percent=" + percent);
        }
    }

    public static Reserve ofPercent(double percent) {
        return new Reserve(percent, Optional.empty());
    }

    public static Reserve ofSize(DataSize size) {
        return new Reserve(0, Optional.of(size));
    }

    /** Throws {@link IllegalArgumentException} naming the text when it is neither a percentage nor a size. */
    public static Reserve parse(String text) {
        return text.strip().endsWith("%") ? ofPercent(Percent.parse(text)) : ofSize(DataSize.parse(text));
    }

    /** How many bytes of a whole of {@code wholeBytes} are to stay free; never more than the whole. */
    public long bytesOf(long wholeBytes) {
        return Math.min(wholeBytes, size.map(DataSize::bytes).orElseGet(() -> (long) (wholeBytes * (percent / 100))));
    }

    @Override
    public String toString() {
        return size.map(DataSize::toString).orElseGet(() -> Percent.format(percent));
    }
}
