package io.swarmgrid.storage.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file of a block that is being written. For its writer's lock but for {@link #path} and {@link #headStart}. */
final class WrittenFile {
    private static final Logger LOG = LoggerFactory.getLogger(WrittenFile.class);

    private final Forcing forcing;
    private volatile Path path;
    private volatile FileChannel channel;

    private WrittenFile(Path path, FileChannel channel, WriteBack writeBack) {
        this.path = path;
        this.channel = channel;
        this.forcing = new Forcing(writeBack);
    }

    /** Makes the file, empty. */
    static WrittenFile make(Path path, WriteBack writeBack) throws IOException {
        FileChannel channel = FileChannel.open(
                path,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        return new WrittenFile(path, channel, writeBack);
    }

    Path path() {
        return path;
    }

    void write(ByteBuffer bytes, long position) throws IOException {
        Disk.writeFully(channel, bytes, position);
    }

    long sizeBytes() throws IOException {
        return channel.size();
    }

    /** Gives it another name; where that fails, the sidecar that is there for it goes. */
    void move(Path to) throws IOException {
        try {
            Files.move(path, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Disk.deleteQuietly(Tier.sidecar(to));
            throw e;
        }
        path = to;
    }

    /**
     * Leaves the file, which somebody has written further into place, to them and goes on with a copy of what the block
     * took. After a node was lost, or where bytes were never announced: rare, and at most a block. Where there is no room for
     * the copy the block stays in the longer file.
     *
     * @param onDevice whether what is there may be on the device already, so that the copy has to be before it takes its place
     */
    void separate(long lengthBytes, boolean onDevice) throws IOException {
        FileChannel own;
        try {
            own = Disk.replacedByCopy(path, channel, lengthBytes, onDevice);
        } catch (IOException e) {
            if (!Disk.isFull(e)) {
                throw e;
            }
            LOG.info("no room to cut off what was written ahead: file={} length_bytes={}", path, lengthBytes);
            return;
        }
        channel.close();
        channel = own;
    }

    /** Begins to put it on the device, once that is worth it. */
    void headStart(long position) {
        forcing.headStart(channel, position);
    }

    void force() throws IOException {
        forcing.force(channel);
    }

    /** What went wrong with a head start; from then on nothing is known of the content. */
    @Nullable
    IOException failure() {
        return forcing.failure();
    }

    /**
     * The checksums of its beginning, with which the block goes on. What lies beyond stays in the file, where a writer in place may be
     * ahead; the seal cuts it off.
     *
     * @return null where the file no longer holds what was summed up
     */
    @Nullable
    SpanChecksums cut(SpanChecksums checksums, long lengthBytes, ChunkBuffers buffers) throws IOException {
        SpanChecksums shorter = checksums.cutTo(lengthBytes, channel, buffers).orElse(null);
        if (shorter != null) {
            forcing.cutTo(lengthBytes);
        }
        return shorter;
    }

    void close() throws IOException {
        channel.close();
    }

    /**
     * Ends it as its sidecar has it, whatever has failed.
     *
     * @param asItIs whether what lies behind that may be needed still by somebody who writes in place
     */
    Slot.Sealed recorded(Tier tier, boolean asItIs) throws IOException {
        closeQuietly();
        Slot.Sealed recorded = Slot.Sealed.recorded(path, tier);
        try {
            if (!asItIs) {
                Disk.cut(path, recorded.block().lengthBytes());
            }
        } catch (IOException e) {
            LOG.info("file of a block stays longer than the block: file={} error={}", path, e.toString());
        }
        return recorded;
    }

    private void closeQuietly() {
        try {
            channel.close();
        } catch (IOException e) {
            // Nobody counts on what it was to hold.
        }
    }

    /** Deletes it, and what is beside it. */
    void delete() throws IOException {
        closeQuietly();
        BlockFiles.delete(path);
    }
}
