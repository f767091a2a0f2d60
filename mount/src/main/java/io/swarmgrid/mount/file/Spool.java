package io.swarmgrid.mount.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The whole content of one file: in memory as long as it is small and there is room for it, else in a local file without a name. Gone
 * with this process, whatever ends it. Confined by the lock of its content.
 */
final class Spool implements AutoCloseable {
    /** Most files are smaller, and for those making a local file, and removing it, would be most of the work. */
    static final int MEMORY_BYTES = 64 << 10;

    private static final byte[] NONE = {};

    private final SpoolSpace space;
    private byte[] memory = NONE;
    /** Where all of it is once it is not in memory. */
    private @Nullable FileChannel file;

    private long length;
    private boolean closed;

    private Spool(SpoolSpace space) {
        this.space = space;
    }

    static Spool open(SpoolSpace space) {
        return new Spool(space);
    }

    long length() {
        return length;
    }

    void write(long at, ByteBuffer bytes) {
        long end = at + bytes.remaining();
        space.take(Math.max(0, end - length));
        boolean written = false;
        try {
            put(at, bytes);
            written = true;
        } finally {
            if (!written) {
                space.giveBack(Math.max(0, end - length));
            }
        }
        length = Math.max(length, end);
    }

    private void put(long at, ByteBuffer bytes) {
        long end = at + bytes.remaining();
        if (file == null && keeps(end)) {
            bytes.get(memory, (int) at, bytes.remaining());
            return;
        }
        FileChannel local = null;
        try {
            local = file == null ? spill() : file;
            long to = at;
            while (bytes.hasRemaining()) {
                to += local.write(bytes, to);
            }
        } catch (IOException e) {
            forgetBehindTheEnd(local);
            throw space.cannotWrite(e);
        }
    }

    /** Of what could not be written as a whole nothing may be found where zeros are to be. */
    private void forgetBehindTheEnd(@Nullable FileChannel local) {
        try {
            if (local != null) {
                local.truncate(length);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot shorten a local copy in " + space.directory(), e);
        }
    }

    /** Has room in memory for so many bytes, if they are to be there. */
    private boolean keeps(long bytes) {
        if (bytes <= memory.length) {
            return true;
        }
        if (bytes > MEMORY_BYTES) {
            return false;
        }
        int wanted = (int) Math.min(MEMORY_BYTES, Math.max(bytes, 2L * memory.length));
        if (!space.takeMemory(wanted - memory.length)) {
            return false;
        }
        memory = Arrays.copyOf(memory, wanted);
        return true;
    }

    private FileChannel spill() throws IOException {
        FileChannel local = space.create();
        boolean whole = false;
        try {
            ByteBuffer bytes = ByteBuffer.wrap(memory, 0, (int) length);
            while (bytes.hasRemaining()) {
                local.write(bytes);
            }
            whole = true;
        } finally {
            if (!whole) {
                local.close();
            }
        }
        forgetMemory();
        file = local;
        return local;
    }

    private void forgetMemory() {
        space.giveMemoryBack(memory.length);
        memory = NONE;
    }

    /** Reads up to the end; what was never written is zeros. */
    void read(long at, ByteBuffer target) {
        int count = (int) Math.max(0, Math.min(target.remaining(), length - at));
        FileChannel local = file;
        if (local == null) {
            if (count > 0) {
                target.put(memory, (int) at, count);
            }
            return;
        }
        int end = target.limit();
        target.limit(target.position() + count);
        try {
            while (target.hasRemaining()) {
                if (local.read(target, at + count - target.remaining()) < 0) {
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
            if (file != null) {
                file.truncate(newLength);
            } else {
                // What is written behind it later is to find zeros there.
                Arrays.fill(memory, (int) newLength, (int) length, (byte) 0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot shorten a local copy in " + space.directory(), e);
        }
        space.giveBack(length - newLength);
        length = newLength;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        space.giveBack(length);
        forgetMemory();
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close a local copy in " + space.directory(), e);
        }
    }
}
