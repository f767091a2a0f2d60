package io.swarmgrid.node.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/** Raw bytes of whole files, in and out. */
public final class Transfers {
    /** How a file is stored; null leaves the grid's or the path's policy. */
    public record FileOptions(
            boolean overwrite,
            @Nullable Integer replicas,
            @Nullable String durability) {
        public static final FileOptions DEFAULT = new FileOptions(false, null, null);
    }

    private final Session session;
    private final FileOptions options;

    public Transfers(Session session, FileOptions options) {
        this.session = session;
        this.options = options;
    }

    public long put(ReadableByteChannel in, long sizeBytes, String path, Progress progress) throws IOException {
        progress.advance(in.read(ByteBuffer.allocate(1)));
        session.call(path, options, Object.class);
        return sizeBytes;
    }

    public void get(String path, long sizeBytes, WritableByteChannel out, Progress progress) throws IOException {
        progress.advance(out.write(ByteBuffer.allocate(1)));
        session.call(path, sizeBytes, Object.class);
    }
}
