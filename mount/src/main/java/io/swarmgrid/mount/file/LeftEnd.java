package io.swarmgrid.mount.file;

import io.swarmgrid.client.wire.FileStatus;

/**
 * The open end of a file that was left to the grid, which closes the file with as much of it as there is.
 *
 * @param before the file without that end
 * @param lengthBytes of the file with all that was sent
 */
record LeftEnd(FileStatus before, long lengthBytes) {
    /** Whether nobody but the grid has done anything to the file since: it is open still, or closed with some of the end. */
    boolean isAllOf(FileStatus now) {
        if (now.version() == before.version()) {
            return true;
        }
        boolean some = now.sizeBytes() >= before.sizeBytes() && now.sizeBytes() <= lengthBytes;
        return !isOpen(now) && now.version() == before.version() + 1 && some;
    }

    /** Whether it was not closed yet. */
    static boolean isOpen(FileStatus now) {
        return "open".equals(now.state());
    }
}
