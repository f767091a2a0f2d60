package io.swarmgrid.mount.fuse;

import java.nio.ByteBuffer;

/**
 * What a file system does for the kernel. Called by several threads at once; what a call throws becomes the errno of its
 * answer. Nodes are what {@link Entry} names; the root is node {@value #ROOT}.
 */
public interface Operations {
    long ROOT = 1;

    /** Throws ENOENT where there is nothing. */
    Entry lookup(long parent, String name);

    /** Takes back look-ups of a node. Throws nothing. */
    void forget(long node, long lookups);

    Attributes attributes(long node);

    Attributes change(long node, Change change);

    Entry makeDirectory(long parent, String name, int permission, Caller caller);

    /** Makes a file and opens it to be written. */
    Created create(long parent, String name, int permission, Making making, Caller caller);

    void removeFile(long parent, String name);

    void removeDirectory(long parent, String name);

    /** @param replace whether what has the new name may go */
    void rename(long parent, String name, long newParent, String newName, boolean replace);

    Opened open(long node, boolean write);

    /** Fills the target with bytes from a place on, up to the end of the file; fewer only there. */
    void read(long handle, long offset, ByteBuffer target);

    /** Takes all bytes, or throws. */
    void write(long handle, long offset, ByteBuffer bytes);

    /** At each close of a descriptor: what was written is to be seen by all. */
    void flush(long handle);

    /** What was written is to be on devices. */
    void sync(long handle);

    /** The last descriptor is gone. */
    void release(long handle);

    long openDirectory(long node);

    /** Hands over entries from a place on, 0 at first. */
    void readDirectory(long handle, long offset, DirectorySink sink);

    void releaseDirectory(long handle);

    /** What was changed among the names of a directory is to be on devices: nothing is left to do where it was when it was answered. */
    default void syncDirectory(long handle) {}

    Space space();
}
