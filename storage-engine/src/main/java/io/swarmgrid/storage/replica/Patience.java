package io.swarmgrid.storage.replica;

import java.time.Duration;

/** How long nodes wait for each other: longer for a longer chain, so that whoever is nearest to the silent one names it. */
public final class Patience {
    private static final Duration WRITE = Duration.ofSeconds(15);
    /** A device may have to take all that the system had put off. */
    private static final Duration SEAL = Duration.ofMinutes(2);

    private static final Duration HOP = Duration.ofSeconds(5);

    /** For the next answer to a read. */
    public static final Duration READ = Duration.ofSeconds(20);
    /** For a small question to a node. */
    public static final Duration ASK = Duration.ofSeconds(5);

    private Patience() {}

    /** @param nodes how many nodes the chain has */
    public static Duration forChain(int nodes, boolean sealing) {
        return (sealing ? SEAL : WRITE).plus(HOP.multipliedBy(nodes));
    }
}
