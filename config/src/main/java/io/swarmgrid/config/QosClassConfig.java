package io.swarmgrid.config;

/**
 * One class of transfers.
 *
 * @param reservation what it gets whatever the others do
 * @param weight its part of what is left, beside the weights of the others
 * @param limit what it never goes beyond; 100% is no limit
 * @param queueBound transfers that may wait in it; the next one is refused
 * @param dscp mark of its packets, 0 to 63
 */
public record QosClassConfig(Share reservation, int weight, Share limit, int queueBound, int dscp) {
    public QosClassConfig {
        new Checks()
                .between("weight", weight, 1, 10_000)
                .between("queue-bound", queueBound, 1, 1_000_000)
                .between("dscp", dscp, 0, 63)
                .that(!isZero(limit), "limit", limit + ", expected more than nothing")
                .that(
                        !isAbove(reservation, limit),
                        "reservation",
                        reservation + ", expected at most the limit of the class, " + limit)
                .done();
    }

    /** What a class of a name we do not know starts from. */
    static QosClassConfig defaults() {
        return new QosClassConfig(Share.ofPercent(0), 4, Share.ofPercent(100), 1024, 0);
    }

    private static boolean isZero(Share share) {
        return share.bytesPerSecondOf(1L << 40) == 0;
    }

    private static boolean isAbove(Share one, Share other) {
        return one.perSecond().isPresent() == other.perSecond().isPresent()
                && one.bytesPerSecondOf(1L << 40) > other.bytesPerSecondOf(1L << 40);
    }
}
