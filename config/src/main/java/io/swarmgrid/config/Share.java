package io.swarmgrid.config;

import java.util.Optional;

/**
 * A part of what a node can move: a percentage of its capacity ({@code 30%}) or a rate ({@code 200MiB/s}).
 * {@code percent} counts only while {@code perSecond} is empty.
 */
public record Share(double percent, Optional<DataSize> perSecond) {
    private static final String RATE = "/s";

    public Share {
        if (!(percent >= 0 && percent <= 100)) {
            throw new IllegalArgumentException("bad share: percent=" + percent);
        }
    }

    public static Share ofPercent(double percent) {
        return new Share(percent, Optional.empty());
    }

    public static Share ofRate(DataSize perSecond) {
        return new Share(0, Optional.of(perSecond));
    }

    /** Throws {@link IllegalArgumentException} naming the text when it is neither a percentage nor a rate. */
    public static Share parse(String text) {
        String form = text.strip();
        if (form.endsWith("%")) {
            return ofPercent(Percent.parse(form));
        }
        if (!form.endsWith(RATE)) {
            throw new IllegalArgumentException("neither a percentage nor a rate: \"" + text + "\"");
        }
        return ofRate(DataSize.parse(form.substring(0, form.length() - RATE.length())));
    }

    /** The share of a node that moves {@code capacityBytesPerSecond}, in bytes a second. */
    public long bytesPerSecondOf(long capacityBytesPerSecond) {
        return perSecond.map(DataSize::bytes).orElseGet(() -> (long) (capacityBytesPerSecond * (percent / 100)));
    }

    @Override
    public String toString() {
        return perSecond.map(size -> size + RATE).orElseGet(() -> Percent.format(percent));
    }
}
