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
 */
public record PutStart(
        FilePut file,
        @Nullable Long sizeHintBytes,
        @Nullable Boolean local,
        @Nullable Boolean visible,
        @Nullable Boolean append) {}
