package io.swarmgrid.storage.block;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** Why a block cannot be read here, in the grid's own words. */
final class Missing {
    private Missing() {}

    static GridException notHere(BlockId id, long epoch, @Nullable IOException cause) {
        return new GridException(ErrorCode.NOT_FOUND, "no such block here: block=" + id + ", epoch=" + epoch, cause);
    }

    static GridException unreadable(StoredBlock block, IOException cause) {
        String name = "block=" + block.id() + ", epoch=" + block.epoch();
        if (cause instanceof NoSuchFileException) {
            return new GridException(
                    ErrorCode.CORRUPT_DATA, "file of a block is gone: " + name + ", file=" + cause.getMessage(), cause);
        }
        if (cause instanceof Sidecar.DamagedException) {
            return new GridException(
                    ErrorCode.CORRUPT_DATA, "block is damaged: " + name + ", " + cause.getMessage(), cause);
        }
        if (Disk.isOfTheProcess(cause)) {
            return Disk.failed("cannot open block: " + name + ", file=" + block.path(), cause);
        }
        // Else it counted as good for ever, and nobody could have it.
        return new GridException(
                ErrorCode.CORRUPT_DATA,
                "block is damaged, it cannot be opened: " + name + ", file=" + block.path() + ": " + cause.getMessage(),
                cause);
    }
}
