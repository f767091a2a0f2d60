package io.swarmgrid.client.bytes;

import io.swarmgrid.client.wire.FilePut;
import org.jspecify.annotations.Nullable;

/**
 * Opens a PutFile.
 *
 * @param sizeHintBytes how large the file will be, where that is known
 * @param local whether the writer is on the node's machine, as far as it can tell, and wants to be told each {@link
 *     BlockPlace}; null: no
 */
public record PutStart(
        FilePut file,
        @Nullable Long sizeHintBytes,
        @Nullable Boolean local) {}
