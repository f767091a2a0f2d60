package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A change in one transaction, done once for an operation id: its outcome is written down in the same transaction. */
abstract class ChangeStep extends Step {
    private static final long serialVersionUID = 1L;

    private final @Nullable String operation;

    ChangeStep(@Nullable String operation) {
        this.operation = operation;
    }

    /** Whether a run of it that was done before is known by its operation id, and {@link #change} need not look for one. */
    final boolean isNamed() {
        return operation != null;
    }

    /** Whether it changes a name or a file: that is not done in safe mode. */
    boolean changesFiles() {
        return true;
    }

    /** Does it within a transaction; may be called several times, all but the last of which are undone. */
    abstract byte[] change(Tables tables);

    @Override
    byte[] run(Tables tables) {
        if (operation == null) {
            return carriedOut(tables, () -> change(tables));
        }
        byte[] before = tables.operation(operation);
        if (before != null) {
            return before;
        }
        try {
            return carriedOut(tables, () -> once(tables, operation));
        } catch (GridException | StaleException e) {
            // The first attempt of this operation may have been committed between the reads of this one, or before the
            // safe mode.
            byte[] done = settledAfter(e, tables, operation);
            if (done.length > 0) {
                return done;
            }
            throw e;
        }
    }

    /** @throws GridException what was thrown before, where that left it open what has become of the change, and so it stays */
    private static byte[] settledAfter(RuntimeException before, Tables tables, String operation) {
        try {
            return settled(tables, operation);
        } catch (GridException e) {
            throw before instanceof GridException open && open.kind() == ErrorKind.UNKNOWN ? open : e;
        }
    }

    /** Read in a transaction: of one that is being applied the outcome comes last, and who saw its names waits for it. */
    private static byte[] settled(Tables tables, String operation) {
        return tables.transactions().run(() -> {
            byte[] found = tables.operation(operation);
            return found == null ? new byte[0] : found;
        });
    }

    private byte[] carriedOut(Tables tables, Supplier<byte[]> work) {
        return changesFiles() ? tables.changeFiles(work) : tables.transactions().run(work);
    }

    private byte[] once(Tables tables, String id) {
        byte[] outcome = Outcome.witnessed(change(tables), tables);
        if (tables.operation(id) != null) {
            throw new StaleException("done before: " + id);
        }
        tables.operation(id, outcome);
        return outcome;
    }
}
