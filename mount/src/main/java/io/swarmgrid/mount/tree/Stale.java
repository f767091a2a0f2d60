package io.swarmgrid.mount.tree;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.mount.fuse.Errno;
import io.swarmgrid.mount.fuse.Refusal;
import java.util.function.Supplier;

/** What the kernel believes of a node, and is not so any more, because somebody else changed it. */
public final class Stale {
    private Stale() {}

    /**
     * Asks the grid about a node. Where nothing is there the answer is ESTALE, not ENOENT: then the kernel looks the path up anew, and
     * finds what has the name by now.
     */
    public static <T> T unlessThere(Supplier<T> call) {
        try {
            return call.get();
        } catch (GridException e) {
            if (e.code() == ErrorCode.NOT_FOUND || e.code() == ErrorCode.NOT_A_DIRECTORY) {
                throw new Refusal(Errno.ESTALE, String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }
}
