package io.swarmgrid.storage.membership;

import org.apache.ignite.Ignite;

/** Whether the metadata may grow, as it is asked where a change is carried out. */
public final class MetadataRoom {
    private static final String LOCAL_KEY = "swarm.membership.metadata_room";

    private MetadataRoom() {}

    /** Makes known to what is carried out on this node what its nodes say. */
    static void attach(Ignite ignite, Nodes nodes) {
        ignite.cluster().nodeLocalMap().put(LOCAL_KEY, nodes);
    }

    /**
     * Asks from memory. Where the engine stands alone there is nobody to ask, and it may.
     *
     * @throws io.swarmgrid.client.GridException NO_SPACE while a live node has no room for more
     */
    public static void require(Ignite ignite) {
        if (ignite.cluster().nodeLocalMap().get(LOCAL_KEY) instanceof Nodes nodes) {
            nodes.requireMetadataRoom();
        }
    }
}
