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

    private PolicyAttributes() {}

    public static boolean isReserved(String name) {
        return name.startsWith(PREFIX);
    }
}
