package io.swarmgrid.mount.file;

import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.mount.tree.Node;
import org.jspecify.annotations.Nullable;

/** How a file is shown while it is open here: its length, and when it was changed. Changed under its content's lock, read by anybody. */
final class Shown {
    private final GridFile file;
    private final Node node;
    private volatile long lengthBytes;
    private volatile long modifiedMs;

    /** The time that the file shall have once the grid has it; null for the time at which it has. */
    private @Nullable Long pinnedMs;

    /** Something was written since the last flush. */
    private boolean unflushed;

    /** What the grid was asked before this it does not know of the file any more. */
    private long knownNanos;

    /** @param askedNanos when the grid was asked for the file's status */
    Shown(GridFile file, Node node, long askedNanos) {
        this.file = file;
        this.node = node;
        this.lengthBytes = file.lengthBytes();
        this.modifiedMs = file.status().modifiedMs();
        this.knownNanos = askedNanos;
    }

    /** The file as it is here. */
    FileStatus now() {
        FileStatus status = file.status();
        return status.written(lengthBytes, status.version(), modifiedMs);
    }

    long lengthBytes() {
        return lengthBytes;
    }

    void lengthBytes(long now) {
        lengthBytes = now;
    }

    @Nullable
    Long pinnedMs() {
        return pinnedMs;
    }

    /** The time that is shown stays the file's: programs remember it to see later whether it was changed. */
    void pin() {
        pinnedMs = modifiedMs;
    }

    /** Somebody has set the time. */
    void pin(long ms) {
        pinnedMs = ms;
        modifiedMs = ms;
    }

    /** The grid has given the file that time. */
    void unpin() {
        pinnedMs = null;
    }

    boolean isUnflushed() {
        return unflushed;
    }

    void flushed() {
        unflushed = false;
    }

    /** Something is written to the file. */
    void touched() {
        unflushed = true;
        pinnedMs = null;
        modifiedMs = System.currentTimeMillis();
        node.written(true);
    }

    /** Whether what the grid has said is of this file, and not older than what is known of it. */
    boolean isNews(FileStatus found, long askedNanos) {
        return askedNanos - knownNanos >= 0 && found.id() == file.status().id();
    }

    /** Takes over how the grid shows the file; returns whether its content is another. */
    boolean takes(FileStatus found, long askedNanos) {
        FileStatus known = file.status();
        knownNanos = askedNanos;
        file.status(found);
        lengthBytes = found.sizeBytes();
        modifiedMs = found.modifiedMs();
        return found.version() != known.version() || found.sizeBytes() != known.sizeBytes();
    }

    /** Something of the file has come to the grid. */
    void sent() {
        knownNanos = System.nanoTime();
    }

    /** All of the file is in the grid, and closed there. */
    void stored() {
        modifiedMs = file.status().modifiedMs();
        node.written(false);
    }

    /** The kernel has of the content what the grid has by now. */
    void cached() {
        node.caches(file.status(), knownNanos);
    }
}
