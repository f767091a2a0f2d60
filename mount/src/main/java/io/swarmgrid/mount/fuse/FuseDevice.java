package io.swarmgrid.mount.fuse;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/** The kernel's side of one mount: an open {@code /dev/fuse}. Reads and writes are single messages. Thread-safe. */
public final class FuseDevice implements AutoCloseable {
    private static final Path DEVICE = Path.of("/dev/fuse");
    /** Major 10, minor 229, on every Linux. */
    private static final long NUMBER = 10 << 8 | 229;

    private static final String HOW_TO_HAVE_IT =
            "modprobe fuse as root; in a container start it with --device /dev/fuse --cap-add SYS_ADMIN";
    private static final String PACKAGE = "apt-get install fuse3 (Fedora: dnf install fuse3)";
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    private static final int ENOENT = 2;
    private static final int ENODEV = 19;

    private final int descriptor;
    private final AtomicBoolean closed = new AtomicBoolean();

    private FuseDevice(int descriptor) {
        this.descriptor = descriptor;
    }

    /** The library's one call that is used; bound when it is first needed, so that what is missing can be told. */
    private static final class LibFuse {
        static {
            Native.register(LibFuse.class, "libfuse3.so.3");
        }

        private LibFuse() {}

        @SuppressWarnings("checkstyle:MethodName") // the library's
        static native int fuse_open_channel(String directory, String options);
    }

    private static final class LibC {
        static {
            Native.register(LibC.class, "c");
        }

        private LibC() {}

        static native long read(int descriptor, Pointer bytes, long count);

        static native long write(int descriptor, Pointer bytes, long count);

        static native int close(int descriptor);
    }

    /**
     * Looks whether mounts can be made here.
     *
     * @throws GridException UNSUPPORTED, PERMISSION_DENIED: what is missing, and how to have it
     */
    public static void requireAvailable() {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            throw unsupported("mounts need Linux's FUSE", "use swarm put and get, or swarm:// from Hadoop, here");
        }
        if (!Files.exists(DEVICE)) {
            throw unsupported("no " + DEVICE + " here", HOW_TO_HAVE_IT);
        }
        if (!isFuses(DEVICE)) {
            throw unsupported(DEVICE + " is not FUSE's device, something else lies over it", HOW_TO_HAVE_IT);
        }
        if (!Files.isReadable(DEVICE) || !Files.isWritable(DEVICE)) {
            throw new GridException(
                    ErrorCode.PERMISSION_DENIED,
                    "may not open " + DEVICE,
                    null,
                    "run it as a user who may: root, or chmod 666 " + DEVICE + ", as distributions have it",
                    null);
        }
        try {
            Native.register(Loading.class, "libfuse3.so.3");
            Native.unregister(Loading.class);
        } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
            throw new GridException(ErrorCode.UNSUPPORTED, "cannot load libfuse3: " + e.getMessage(), null, PACKAGE, e);
        }
    }

    /** By its number: where a container is to have no device, something like /dev/null is put in its place. */
    private static boolean isFuses(Path device) {
        try {
            return Long.valueOf(NUMBER).equals(Files.getAttribute(device, "unix:rdev"));
        } catch (IOException e) {
            throw unsupported("cannot look at " + device + ": " + e.getMessage(), HOW_TO_HAVE_IT);
        }
    }

    /** Has nothing to bind: loads the library alone. */
    private static final class Loading {}

    /**
     * Makes a mount: by itself where this is root, by {@code fusermount3} otherwise.
     *
     * @param options of {@code mount}, with commas between
     * @throws GridException that says what to look at
     */
    public static FuseDevice mount(Path directory, String options) {
        requireAvailable();
        int descriptor = LibFuse.fuse_open_channel(directory.toString(), options);
        if (descriptor < 0) {
            throw new GridException(
                    ErrorCode.PERMISSION_DENIED,
                    "cannot mount at " + directory + " (libfuse says why in the line before)",
                    null,
                    "as another user than root it needs fusermount3: " + PACKAGE
                            + "; --allow-other then needs user_allow_other in /etc/fuse.conf",
                    null);
        }
        return new FuseDevice(descriptor);
    }

    private static GridException unsupported(String what, String hint) {
        return new GridException(ErrorCode.UNSUPPORTED, what, null, hint, null);
    }

    /**
     * Waits for a request.
     *
     * @param target direct, with room for the largest request
     * @return its length; -1 where the mount is gone
     */
    int read(ByteBuffer target) throws IOException {
        Pointer to = Native.getDirectBufferPointer(target);
        while (true) {
            long count = LibC.read(descriptor, to, target.capacity());
            if (count >= 0) {
                return (int) count;
            }
            int error = Native.getLastError();
            if (error == ENODEV) {
                return -1;
            }
            // ENOENT: the request was taken back before it was read.
            if (error != EINTR && error != EAGAIN && error != ENOENT) {
                throw new IOException("cannot read from " + DEVICE + ": errno=" + error);
            }
        }
    }

    /**
     * Sends an answer.
     *
     * @param bytes direct, from its beginning to its limit
     * @return false where nobody waits for it any more
     */
    boolean write(ByteBuffer bytes) throws IOException {
        Pointer from = Native.getDirectBufferPointer(bytes);
        while (true) {
            long count = LibC.write(descriptor, from, bytes.limit());
            if (count >= 0) {
                return true;
            }
            int error = Native.getLastError();
            if (error == ENOENT || error == ENODEV) {
                return false;
            }
            if (error != EINTR) {
                throw new IOException("cannot write to " + DEVICE + ": errno=" + error);
            }
        }
    }

    /** Ends the mount for all, whatever they have open, if it is still there. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            LibC.close(descriptor);
        }
    }
}
