package io.swarmgrid.mount.tree;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import org.jspecify.annotations.Nullable;

/** An entry that the kernel knows. Its place belongs to the {@link Tree}. */
public final class Node {
    private final long number;
    private final boolean directory;
    private volatile long fileId;
    private volatile boolean written;
    private volatile boolean replacing;

    /** What the kernel has of its content. */
    @GuardedBy("this")
    private long cachedId;

    @GuardedBy("this")
    private long cachedVersion;

    /** When the grid was asked for that. */
    @GuardedBy("this")
    private long cachedNanos = System.nanoTime();

    /** When this became what is at its place: what was asked before knows nothing of it. */
    volatile long settledNanos = System.nanoTime();

    /** Null for the root. Guarded by the tree. */
    @Nullable
    Node parent;

    /** Guarded by the tree. */
    String name;

    /** Guarded by the tree. */
    long lookups;

    /** Guarded by the tree. */
    boolean gone;

    Node(long number, @Nullable Node parent, String name, FileStatus status) {
        this.number = number;
        this.parent = parent;
        this.name = name;
        this.directory = status.kind() != EntryKind.FILE;
        this.fileId = status.id();
    }

    public long number() {
        return number;
    }

    public boolean isDirectory() {
        return directory;
    }

    /** The identity of the entry in the grid. */
    public long fileId() {
        return fileId;
    }

    /** Says that the file was replaced by another one from here, which is what this node means from now on. */
    public void replacedBy(long otherId) {
        if (fileId != otherId) {
            settledNanos = System.nanoTime();
            fileId = otherId;
        }
    }

    /**
     * Whether what the kernel has of its content is of this version, and not of another one; from now on it is. What was asked for
     * before what is known already counts for nothing.
     *
     * @param askedNanos when the grid was asked
     */
    public synchronized boolean caches(FileStatus status, long askedNanos) {
        if (askedNanos - cachedNanos < 0) {
            return false;
        }
        boolean same = cachedId == status.id() && cachedVersion == status.version();
        cachedId = status.id();
        cachedVersion = status.version();
        cachedNanos = askedNanos;
        return same;
    }

    /** Whether something of the file is here that is not in the grid yet. */
    public boolean isWritten() {
        return written;
    }

    public void written(boolean now) {
        written = now;
    }

    /** Whether the file is being replaced from here, so that another one may be found in its place, which will be this node. */
    boolean isReplacing() {
        return replacing;
    }

    public void replacing(boolean now) {
        replacing = now;
    }
}
