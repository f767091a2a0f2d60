package io.swarmgrid.storage.block;

import org.jspecify.annotations.Nullable;

/**
 * The parts of the store that a writer uses.
 *
 * @param older null where the block takes no copy's place
 */
record WriterParts(
        ChunkBuffers buffers,
        WriteBack writeBack,
        Ending ending,
        @Nullable Older older) {
    /** A copy whose place the block takes once it is sealed, which it must not be before it has its first bytes, so many. */
    record Older(Slot.Sealed copy, long leastBytes) {}

    /** What the store does when a block has ended. */
    interface Ending {
        void sealed(LocalBlockWriter writer, Slot.Sealed block);

        void dropped(LocalBlockWriter writer);
    }
}
