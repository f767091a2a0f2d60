package io.swarmgrid.hadoop;

import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.LocatedFileStatus;

/** A status with the places of its blocks. */
final class SwarmLocatedFileStatus extends LocatedFileStatus implements EtagSource {
    private static final long serialVersionUID = 1L;

    private final String etag;

    SwarmLocatedFileStatus(SwarmFileStatus status, BlockLocation[] blocks) {
        super(status, blocks);
        this.etag = status.getEtag();
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
