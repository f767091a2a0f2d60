package io.swarmgrid.storage.file;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;

/** What came of asking a holder for a block. */
record Failure(String node, long epoch, GridException error) {
    /** The copy itself is bad or gone, not the way to it. */
    boolean isOfTheCopy() {
        return error.code() == ErrorCode.CORRUPT_DATA || error.code() == ErrorCode.NOT_FOUND;
    }
}
