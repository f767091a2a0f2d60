package io.swarmgrid.storage.cache;

import java.nio.file.Path;

/** What a shelf has of a block. */
sealed interface ShelfEntry {
    /** It is being written. */
    record Written(NearWriter writer) implements ShelfEntry {}

    /** It is there. */
    record Whole(NearFile of, Path file) implements ShelfEntry {
        long bytes() {
            return NearFile.fileBytes(of.block().lengthBytes());
        }
    }

    /** Whether it yields to nothing. */
    default boolean isKept() {
        return this instanceof Whole whole && whole.of().isKept();
    }
}
