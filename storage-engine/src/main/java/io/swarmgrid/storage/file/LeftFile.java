package io.swarmgrid.storage.file;

import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileLayout;
import java.util.List;

/**
 * What there is of a visible file that somebody writes on.
 *
 * @param blocks all sealed, in order
 * @param end of it, within the last of them
 * @param shownBytes what readers see of it
 * @param inline all of it, where it is kept in the metadata; else nothing
 */
@SuppressWarnings("ArrayRecordComponent") // made to be read once; never compared
record LeftFile(List<BlockRecord> blocks, long end, long shownBytes, byte[] inline) {
    LeftFile {
        blocks = List.copyOf(blocks);
    }

    /** Of a closed file. */
    static LeftFile of(FileLayout layout) {
        byte[] inline = layout.inline();
        long length = layout.lengthBytes();
        return new LeftFile(layout.blocks(), length, length, inline == null ? new byte[0] : inline);
    }

    /** The blocks that have something behind a place in the file. */
    List<BlockRecord> behind(long place) {
        return blocks.stream()
                .filter(block -> Math.min(end, block.offset() + block.lengthBytes()) > place)
                .toList();
    }
}
