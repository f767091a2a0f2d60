package io.swarmgrid.storage.load;

import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.cache.Loader;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.file.LoadedNear;
import io.swarmgrid.storage.mounted.LoadedPages;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileLayout;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** One version of a file, in units that one thread brings. Thread-safe. */
sealed interface LoadFile {
    long units();

    /** Hands over what a unit is made of, in order. */
    void each(long unit, Consumer<Piece> piece);

    /**
     * What comes as a whole.
     *
     * @param copy as it is called near
     * @param here whether no near copy is needed, since it lies as near, or is pinned
     */
    record Piece(long offset, long sizeBytes, SealedBlock copy, boolean here, Bringing bringing) {}

    /** Brings one. */
    @FunctionalInterface
    interface Bringing {
        /**
         * Returns when it is near, or there is no room.
         *
         * @throws io.swarmgrid.client.GridException why it cannot be had
         */
        Loader.Outcome bring(Predicate<SealedBlock> stays);
    }

    /** A file of the grid: each block for itself. */
    record Own(FileLayout layout, LoadedNear near, CallContext call, Medium medium) implements LoadFile {
        @Override
        public long units() {
            return layout.blocks().size();
        }

        @Override
        public void each(long unit, Consumer<Piece> piece) {
            BlockRecord block = layout.blocks().get((int) unit);
            long usedBytes = layout.usedBytes((int) unit);
            if (usedBytes > 0) { // what is just being written has nothing yet that a reader sees
                piece.accept(new Piece(
                        block.offset(),
                        usedBytes,
                        block.sealed(),
                        near.isHere(block, medium),
                        stays -> near.load(call, block, medium, stays)));
            }
        }
    }

    /** A file of an outer store: pages that follow each other come together. */
    record Outer(LoadedPages pages, Medium medium) implements LoadFile {
        /** As far as a node is the home of pages together, and may have them from its store at once. */
        private static final long UNIT_BYTES = 64L << 20;

        private long unitPages() {
            return Math.max(1, UNIT_BYTES / pages.pageBytes());
        }

        private long unitBytes() {
            return unitPages() * pages.pageBytes();
        }

        @Override
        public long units() {
            return (pages.lengthBytes() + unitBytes() - 1) / unitBytes();
        }

        @Override
        public void each(long unit, Consumer<Piece> piece) {
            try (FileReader reader = pages.open()) {
                for (long i = 0; i < unitPages(); i++) {
                    long index = unit * unitPages() + i;
                    long offset = index * pages.pageBytes();
                    if (offset >= pages.lengthBytes()) {
                        return;
                    }
                    SealedBlock copy = pages.page(index);
                    piece.accept(new Piece(
                            offset,
                            copy.lengthBytes(),
                            copy,
                            false,
                            stays -> pages.load(reader, index, medium, stays)));
                }
            }
        }
    }
}
