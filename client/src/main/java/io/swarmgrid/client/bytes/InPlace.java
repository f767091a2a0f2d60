package io.swarmgrid.client.bytes;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The block file of a node on this machine, into which an upload writes. Confined to one thread. */
final class InPlace implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InPlace.class);

    private final BlockPlace place;
    private final FileChannel channel;

    private InPlace(BlockPlace place, FileChannel channel) {
        this.place = place;
        this.channel = channel;
    }

    /** Empty where there is no file, it is not this machine's, or this process may not write to it. */
    static Optional<InPlace> open(BlockPlace place) {
        String name = place.file();
        String key = place.fileKey();
        if (name == null || key == null || !MachineId.own().equals(Optional.ofNullable(place.machine()))) {
            return Optional.empty();
        }
        try {
            return MachineId.open(Path.of(name), key, StandardOpenOption.WRITE)
                    .map(channel -> new InPlace(place, channel));
        } catch (IOException | InvalidPathException e) {
            LOG.debug("cannot write in place, sends instead: file={} error={}", name, e.toString());
        }
        return Optional.empty();
    }

    /** How many bytes from there on lie in the block. */
    long room(long offset) {
        return offset < place.offset() ? 0 : Math.max(0, place.endOffset() - offset);
    }

    /** @param offset in the file that is being put; the bytes' position is left as it was */
    void write(ByteBuf bytes, long offset) throws IOException {
        long at = offset - place.offset();
        for (ByteBuffer piece : bytes.nioBuffers()) {
            int length = piece.remaining();
            FileWrites.fully(channel, piece, at);
            at += length;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("cannot close a block file: error={}", e.toString());
        }
    }
}
