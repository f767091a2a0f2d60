package io.swarmgrid.config;

import java.time.Duration;

/**
 * Near copies: blocks that are read here and lie elsewhere, or in a slow tier.
 *
 * @param share what they may take of each tier; nothing turns them off
 * @param headroom what they leave free of each tier, for what is written
 * @param maxEntries how many there may be in each tier; as many again that are kept
 * @param maxFetches how many may be made at a time
 * @param maxLoads how many blocks a load that somebody asked for brings at a time
 * @param pinShare what those that are kept because somebody asked for them may take of each tier, and blocks not; nothing turns that off
 * @param hotRate reads of a block a second, of all nodes together, over which it is in demand; 0 for never
 * @param hotCopies how many nodes that have no durable copy of a block in demand keep a near one, at most; as many as one may pin
 * @param hotLinger for how long they are kept once it is in demand no more
 */
public record CacheConfig(
        Reserve share,
        Reserve headroom,
        int maxEntries,
        int maxFetches,
        int maxLoads,
        Reserve pinShare,
        int hotRate,
        int hotCopies,
        Duration hotLinger) {
    public CacheConfig {
        new Checks()
                .that(
                        share.percent() + headroom.percent() <= 100,
                        "share",
                        share + " and headroom=" + headroom + " are more than all there is")
                .between("max-entries", maxEntries, 1, 10_000_000)
                .between("max-fetches", maxFetches, 1, 1024)
                .between("max-loads", maxLoads, 1, 64)
                .that(
                        pinShare.percent() <= 90,
                        "pin-share",
                        pinShare + " leaves too little for blocks, expected at most 90%")
                .between("hot-rate", hotRate, 0, 1_000_000)
                .between("hot-copies", hotCopies, 1, 16)
                .between("hot-linger", hotLinger, "0s", "7d")
                .done();
    }

    static CacheConfig defaults() {
        return new CacheConfig(
                Reserve.ofPercent(25),
                Reserve.ofPercent(5),
                100_000,
                16,
                4,
                Reserve.ofPercent(50),
                10,
                2,
                Duration.ofMinutes(5));
    }
}
