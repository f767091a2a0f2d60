package io.swarmgrid.storage.backup;

/**
 * Keeps everybody from changing the metadata while it is being restored, over restarts too. Thread-safe; every method may throw
 * {@link io.swarmgrid.client.GridException} with NO_QUORUM or UNAVAILABLE.
 */
public interface RestoreGate {
    /** Whether it was closed before because the metadata was lost and is being recovered. */
    boolean isLost();

    /**
     * Closes it for all nodes, each of which knows when it has looked the next time. One that was closed and not opened again is
     * taken over.
     *
     * @throws io.swarmgrid.client.GridException CONFLICT while another node that is up is at a restore
     */
    void close();

    /** Whether no changes are taken now, as far as this node knows. */
    boolean isClosed();

    /** Makes this node know at once. */
    void look();

    /** The number of a restore: higher than all before it, and than this one. */
    long nextEra(long above);

    /** Lets any node take it over; it stays closed. */
    void leave();

    /** Opens it for all nodes, this one at once. */
    void open();
}
