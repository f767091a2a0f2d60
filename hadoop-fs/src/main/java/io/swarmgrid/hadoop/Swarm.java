package io.swarmgrid.hadoop;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.MultipartUploaderBuilder;
import org.apache.hadoop.fs.Options.Rename;
import org.apache.hadoop.fs.Path;

/** {@link SwarmFileSystem} for FileContext: {@code fs.AbstractFileSystem.swarm.impl}. */
public final class Swarm extends DelegateToFileSystem {
    /** As FileContext makes it. */
    public Swarm(URI uri, Configuration configuration) throws IOException, URISyntaxException {
        super(uri, new SwarmFileSystem(), configuration, SwarmFileSystem.SCHEME, false);
    }

    /** The grid's own, which replaces a file by a file in one step. */
    @Override
    public void renameInternal(Path source, Path target, boolean overwrite) throws IOException {
        ((SwarmFileSystem) fsImpl).rename(source, target, overwrite ? Rename.OVERWRITE : Rename.NONE);
    }

    @Override
    public MultipartUploaderBuilder<?, ?> createMultipartUploader(Path base) {
        return ((SwarmFileSystem) fsImpl).createMultipartUploader(base);
    }

    @Override
    public int getUriDefaultPort() {
        return -1;
    }
}
