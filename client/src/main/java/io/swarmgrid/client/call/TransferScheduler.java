package io.swarmgrid.client.call;

/**
 * The seam at which every chunk, in and out, client and replica traffic alike, takes its turn before it is handed to
 * the network or to the disk. Implementations are thread-safe.
 */
public interface TransferScheduler {
    /** Where a chunk is going. */
    enum Direction {
        IN,
        OUT
    }

    /**
     * Waits for the turn of one chunk and returns its permit. The wait is bounded by the class's queue: past that bound
     * the call is refused.
     *
     * @param sizeBytes the chunk's payload
     * @throws io.swarmgrid.client.GridException OVERLOADED past the queue bound, CANCELLED when interrupted
     */
    Permit acquire(CallContext context, Direction direction, long sizeBytes);

    /** One chunk's bytes, outstanding until closed; closing twice is harmless. */
    interface Permit extends AutoCloseable {
        @Override
        void close();
    }
}
