package io.swarmgrid.storage.block;

import org.jspecify.annotations.Nullable;

/**
 * The parts of the store that a writer uses.
 *
 * @param older what the block takes the place of once it is sealed; null where there is no such copy
 */
record WriterParts(ChunkBuffers buffers, WriteBack writeBack, Ending ending, Slot.@Nullable Sealed older) {
    /** What the store does when a block has ended. */
    interface Ending {
        void sealed(LocalBlockWriter writer, Slot.Sealed block);

        void dropped(LocalBlockWriter writer);
    }
}
