package io.swarmgrid.node.bench;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One measured line: rounds of a rate in bytes or operations a second, of a time, or samples of a size.
 *
 * @param what is measured, for example {@code read, 4 streams}
 * @param who did it: {@code swarm} or the name of a peer
 * @param unit {@code B/s}, {@code ops/s} or {@code /s}; {@code µs} or {@code B} where less is better
 * @param rates one of each round
 * @param ratioToPeer the median of swarm's line over the peer's; null on a peer's line and where there is no peer
 */
record Result(
        String part,
        String what,
        String who,
        String unit,
        List<Double> rates,
        @Nullable Double ratioToPeer) {
    Result {
        rates = List.copyOf(rates);
        if (rates.isEmpty()) {
            throw new IllegalArgumentException("no rounds: " + part + ", " + what + ", " + who);
        }
    }

    static Result of(String part, String what, String who, String unit, List<Double> rates) {
        return new Result(part, what, who, unit, rates, null);
    }

    Result beside(Result peer) {
        return new Result(part, what + ": " + who + " / " + peer.who, who, unit, rates, median() / peer.median());
    }

    double median() {
        List<Double> sorted = rates.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    double lowest() {
        return rates.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
    }

    double highest() {
        return rates.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
    }

    String ratioText() {
        return ratioToPeer == null ? "" : String.format(Locale.ROOT, "%.2f", ratioToPeer);
    }
}
