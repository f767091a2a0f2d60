package io.swarmgrid.client.bytes;

import io.swarmgrid.client.wire.FilePut;
import org.jspecify.annotations.Nullable;

/**
 * Opens a PutFile.
 *
 * @param sizeHintBytes how large the file will be, where that is known
 */
public record PutStart(FilePut file, @Nullable Long sizeHintBytes) {}
