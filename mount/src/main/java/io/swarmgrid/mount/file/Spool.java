package io.swarmgrid.mount.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The whole content of one file, in a local file without a name: gone with this process, whatever ends it. Confined by the lock of
 * its content.
 */
final class Spool implements AutoCloseable {
    private final SpoolSpace space;
    private final FileChannel file;
    private long length;
    private boolean closed;

    private Spool(SpoolSpace space, FileChannel file) {
        this.space = space;
        this.file = file;
    }

    static Spool open(SpoolSpace space) {
        try {
            Path path = Files.createTempFile(space.directory(), "swarm-mount-", "");
            FileChannel file;
            try {
                file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
            } finally {
                Files.delete(path);
            }
            return new Spool(space, file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep a file locally in " + space.directory(), e);
        }
    }

    long length() {
        return length;
    }

    void write(long at, ByteBuffer bytes) {
        long end = at + bytes.remaining();
        grow(end);
        try {
            long to = at;
            while (bytes.hasRemaining()) {
                to += file.write(bytes, to);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write a local copy in " + space.directory(), e);
        }
    }

    /** Reads up to the end; what was never written is zeros. */
    void read(long at, ByteBuffer target) {
        int count = (int) Math.max(0, Math.min(target.remaining(), length - at));
        int end = target.limit();
        target.limit(target.position() + count);
        try {
            while (target.hasRemaining()) {
                if (file.read(target, at + count - target.remaining()) < 0) {
                    throw new IOException("shorter than " + length + " bytes");
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read a local copy in " + space.directory(), e);
        } finally {
            target.limit(end);
        }
    }

    void truncate(long newLength) {
        if (newLength > length) {
            write(newLength - 1, ByteBuffer.allocate(1));
            return;
        }
        try {
            file.truncate(newLength);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot shorten a local copy in " + space.directory(), e);
        }
        space.giveBack(length - newLength);
        length = newLength;
    }

    private void grow(long end) {
        if (end > length) {
            space.take(end - length);
            length = end;
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        space.giveBack(length);
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close a local copy in " + space.directory(), e);
        }
    }
}
