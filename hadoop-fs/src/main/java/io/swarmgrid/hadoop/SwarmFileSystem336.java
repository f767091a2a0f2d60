package io.swarmgrid.hadoop;

import java.io.IOException;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.LeaseRecoverable;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.SafeMode;
import org.apache.hadoop.fs.SafeModeAction;
import org.jspecify.annotations.Nullable;

/** {@link SwarmFileSystem} with what came with Hadoop 3.3.6. */
public sealed class SwarmFileSystem336 extends SwarmFileSystem implements LeaseRecoverable, SafeMode
        permits SwarmFileSystem341 {
    /** Asks the grid, of which any node speaks for all: so nothing hangs on whether others are asked, too. */
    @Override
    public boolean setSafeMode(SafeModeAction action, boolean isChecked) throws IOException {
        @Nullable
        Boolean on =
                switch (action) {
                    case ENTER -> true;
                    case LEAVE, FORCE_EXIT -> false;
                    case GET -> null;
                };
        return Errors.at(new Path("/"), () -> grid().safeMode(on)).on();
    }

    @Override
    public boolean hasPathCapability(Path path, String capability) throws IOException {
        return capability.equals(CommonPathCapabilities.LEASE_RECOVERABLE) || super.hasPathCapability(path, capability);
    }
}
