package io.swarmgrid.storage.block;

/** What the store's index has of a block. */
sealed interface Slot permits Slot.Sealed, Slot.Busy, LocalBlockWriter {
    /**
     * A sealed block.
     *
     * @param diskBytes of the block and its sidecar
     */
    record Sealed(StoredBlock block, Tier tier, long diskBytes) implements Slot {}

    /** A block that is just being made or removed; equal to nothing but itself. */
    final class Busy implements Slot {}
}
