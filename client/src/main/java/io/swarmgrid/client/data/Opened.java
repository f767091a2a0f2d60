package io.swarmgrid.client.data;

import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.client.wire.FileStatus;

/**
 * The very file that is read, wherever it is by now.
 *
 * @param path where it was, for whoever reads an error
 */
record Opened(String path, long id, long sizeBytes) {
    static Opened of(FileStatus file) {
        return new Opened(file.path(), file.id(), file.sizeBytes());
    }

    /** Whether the grid only reads it, from an outer store. */
    boolean isOuter() {
        return id < 0;
    }

    FileRead read(long from, long lengthBytes) {
        return new FileRead(path, from, lengthBytes, id);
    }
}
