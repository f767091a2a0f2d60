package io.swarmgrid.client.wire;

/**
 * The attributes of a directory that say how the files made in it are kept; set by {@code fs.set_attribute}, taken over by the
 * directories that are made in it.
 */
public final class PolicyAttributes {
    /** Names that begin so are the grid's. */
    public static final String PREFIX = "swarm.";

    /** What an acknowledged write survives: {@code memory}, {@code process} or {@code power}. */
    public static final String DURABILITY = PREFIX + "durability";

    /** Durable copies, 1 to 16. */
    public static final String REPLICAS = PREFIX + "replicas";

    /** How long a file stays that nobody modifies, as {@code 7d}; of files as well. */
    public static final String TTL = PREFIX + "ttl";

    /** Near copies that are kept of its blocks, as {@code mem:2}; of files as well, and set by {@code cache.pin} alone. */
    public static final String PIN = PREFIX + "pin";

    private PolicyAttributes() {}

    public static boolean isReserved(String name) {
        return name.startsWith(PREFIX);
    }
}
