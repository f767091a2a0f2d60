package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.journal.NamesJournal.Place;

/** Asks a node for a page of what it gives to a recovery. */
final class RecoveryStep extends Step {
    private static final long serialVersionUID = 1L;

    private final boolean names;
    private final int file;
    private final long from;

    private RecoveryStep(boolean names, int file, long from) {
        this.names = names;
        this.file = file;
        this.from = from;
    }

    static RecoveryStep names(Place from) {
        return new RecoveryStep(true, from.file(), from.offset());
    }

    /** @param after the last block of the page before; 0 for the first page */
    static RecoveryStep blocks(long after) {
        return new RecoveryStep(false, 0, after);
    }

    @Override
    byte[] run(Tables tables) {
        RecoveryShare share = Shares.of(here(), RecoveryShare.class);
        return names ? share.names(new Place(file, from)) : share.blocks(from);
    }
}
