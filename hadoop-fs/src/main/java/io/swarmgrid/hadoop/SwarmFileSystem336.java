package io.swarmgrid.hadoop;

import java.io.IOException;
import org.apache.hadoop.fs.CommonPathCapabilities;
import org.apache.hadoop.fs.LeaseRecoverable;
import org.apache.hadoop.fs.Path;

/** {@link SwarmFileSystem} with what came with Hadoop 3.3.6. */
public sealed class SwarmFileSystem336 extends SwarmFileSystem implements LeaseRecoverable permits SwarmFileSystem341 {
    @Override
    public boolean hasPathCapability(Path path, String capability) throws IOException {
        return capability.equals(CommonPathCapabilities.LEASE_RECOVERABLE) || super.hasPathCapability(path, capability);
    }
}
