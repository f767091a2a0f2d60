package io.swarmgrid.hadoop;

import io.swarmgrid.client.wire.FileStatus;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.LocatedFileStatus;

/** A status with the places of its blocks. */
final class SwarmLocatedFileStatus extends LocatedFileStatus implements EtagSource, KnownEntry {
    private static final long serialVersionUID = 2L;

    private final FileStatus entry;
    private final String etag;

    SwarmLocatedFileStatus(SwarmFileStatus status, BlockLocation[] blocks) {
        super(status, blocks);
        this.entry = status.entry();
        this.etag = status.getEtag();
    }

    @Override
    public FileStatus entry() {
        return entry;
    }

    @Override
    public String getEtag() {
        return etag;
    }

    @Override
    public boolean equals(Object other) {
        return super.equals(other);
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }
}
