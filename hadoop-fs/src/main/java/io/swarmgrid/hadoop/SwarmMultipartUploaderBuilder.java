package io.swarmgrid.hadoop;

import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.impl.MultipartUploaderBuilderImpl;

/** What {@code createMultipartUploader} gives. Confined to one thread. */
final class SwarmMultipartUploaderBuilder
        extends MultipartUploaderBuilderImpl<SwarmMultipartUploader, SwarmMultipartUploaderBuilder> {
    private final SwarmFileSystem files;

    SwarmMultipartUploaderBuilder(SwarmFileSystem files, Path base) {
        super(files, base);
        this.files = files;
    }

    @Override
    public SwarmMultipartUploaderBuilder getThisBuilder() {
        return this;
    }

    @Override
    public SwarmMultipartUploader build() {
        rejectUnknownMandatoryKeys(Set.of(), "for " + getPath());
        return new SwarmMultipartUploader(files, getPath(), getPermission(), getReplication());
    }
}
