package io.swarmgrid.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.swarmgrid.client.GridException;
import io.swarmgrid.mount.MountTable;
import io.swarmgrid.mount.UnmountMode;
import io.swarmgrid.mount.fuse.FuseDevice;
import java.nio.file.Path;
import java.util.Collection;

/** The directories at which a test mounts grids. */
final class MountPlaces {
    private MountPlaces() {}

    /** Skips the test where there are no mounts. */
    static void requireFuse() {
        try {
            FuseDevice.requireAvailable();
        } catch (GridException e) {
            assumeTrue(false, "NOT TESTED, there are no mounts here: " + e.getMessage() + " (" + e.hint() + ")");
        }
    }

    /** Whatever has happened: else the directories cannot be removed. */
    static void leave(Collection<Path> places) throws Exception {
        for (Path place : places) {
            if (MountTable.at(place).isPresent()) {
                MountTable.unmount(place, UnmountMode.EVEN_IF_IN_USE);
            }
        }
    }
}
