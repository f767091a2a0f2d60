package io.swarmgrid.client.data;

import java.io.IOException;

/** Takes record batches as they come. */
@FunctionalInterface
public interface BatchConsumer {
    /**
     * Takes one batch; what it throws ends the read and is thrown by it, unchanged.
     *
     * @return whether more are wanted
     */
    boolean take(Batch batch) throws IOException;
}
