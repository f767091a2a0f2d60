package io.swarmgrid.hadoop;

import org.apache.hadoop.fs.BulkDelete;
import org.apache.hadoop.fs.BulkDeleteSource;
import org.apache.hadoop.fs.Path;

/** {@link SwarmFileSystem} with what came with Hadoop 3.4.1; names BulkDeleteSource so as not to load where that is not. */
public final class SwarmFileSystem341 extends SwarmFileSystem336 implements BulkDeleteSource {
    @Override
    public BulkDelete createBulkDelete(Path path) {
        return new BulkRemoval(this, absolute(path));
    }
}
