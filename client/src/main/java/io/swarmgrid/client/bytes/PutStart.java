package io.swarmgrid.client.bytes;

import io.swarmgrid.client.wire.FilePut;
import org.jspecify.annotations.Nullable;

/**
 * Opens a PutFile.
 *
 * @param sizeHintBytes how large the file will be, where that is known
 * @param local whether the writer is on the node's machine, as far as it can tell, and wants to be told each {@link
 *     BlockPlace}; null: no
 * @param visible whether the file is to be visible at once, empty and open: then the node says when it is ({@link
 *     PutNotice#opened}), takes {@link Frame.Flush}, and closes the file with what there is where the writer goes away; null: no
 * @param append the same of a file that is there and closed: the bytes go behind its end; null: no
 * @param of the one file that is appended to, or that a put takes the place of; CONFLICT where it is not at the path. What replaces it has
 *     its owner, permission and attributes; null for whichever is there
 * @param again by a writer that had opened such a file before, or may have, under the same {@code putId}: it is to go on with it; null: no
 */
public record PutStart(
        FilePut file,
        @Nullable Long sizeHintBytes,
        @Nullable Boolean local,
        @Nullable Boolean visible,
        @Nullable Boolean append,
        @Nullable Again again,
        @Nullable Of of) {
    /** A put, which nobody sees before it is committed. */
    public static PutStart put(FilePut file, @Nullable Long sizeHintBytes) {
        return new PutStart(file, sizeHintBytes, null, null, null, null, null);
    }

    /** A file that is visible at once. */
    public static PutStart create(FilePut file) {
        return new PutStart(file, null, null, true, null, null, null);
    }

    /** A file that is there, to be written on behind its end. */
    public static PutStart append(FilePut file) {
        return new PutStart(file, null, null, null, true, null, null);
    }

    /** The same for one file and no other. */
    public PutStart of(@Nullable Of which) {
        return new PutStart(file, sizeHintBytes, local, visible, append, again, which);
    }

    PutStart here(@Nullable Boolean isLocal) {
        return new PutStart(file, sizeHintBytes, isLocal, visible, append, again, of);
    }

    public PutStart again(Again before) {
        return new PutStart(file, sizeHintBytes, local, visible, append, before, of);
    }

    /**
     * What was opened before.
     *
     * @param fileId of the file; null where its opening was not answered, and may not have come about
     * @param keptBytes how much of it the writer was told is kept, by {@link Frame.Ack} or {@link Frame.Flush}, and keeps no more itself
     * @param syncedBytes how much of that it was told is on devices
     */
    public record Again(@Nullable Long fileId, long keptBytes, long syncedBytes) {}

    /**
     * One file, whatever comes to its path.
     *
     * @param version that a put may take the place of: PRECONDITION_FAILED where it is another, or somebody writes it; null for any
     */
    public record Of(long fileId, @Nullable Long version) {}
}
