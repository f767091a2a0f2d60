package io.swarmgrid.storage.membership;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What has become of the engine: not active yet, active as the grid it belongs to, failed for good, or closed. Thread-safe.
 */
final class EngineState {
    private final String gridName;
    private final DataDirectory directory;
    private final CountDownLatch decided = new CountDownLatch(1);
    private volatile @Nullable GridIdentity identity;
    private volatile @Nullable GridException failure;
    private volatile boolean closed;
    // Confined to the keeper's thread.
    private @Nullable BooleanSupplier written;
    /** Guarded by this. */
    private final List<Runnable> failureActions = new ArrayList<>();

    EngineState(String gridName, DataDirectory directory) {
        this.gridName = gridName;
        this.directory = directory;
    }

    /** The grid is active and has said who it is; the data directory belongs to it from now on. */
    void activated(GridIdentity learned) {
        directory.belongTo(learned.id());
        identity = learned;
        decided.countDown();
    }

    /**
     * Notes that the node has all of its share of the metadata, once it has, on its disk; in a grid that is new that is before anybody
     * can call it. The keeper's thread calls it.
     *
     * @return whether it is known if it has
     */
    boolean knowsItsMetadata(EngineView view) {
        if (!directory.lacksMetadata()) {
            return true;
        }
        long settled = view.settledVersion();
        if (settled == 0 || !view.ownsItsShare()) {
            written = null;
            return settled != 0 && settled == view.settledVersion();
        }
        BooleanSupplier writing = written == null ? view.write() : written;
        written = writing;
        boolean done = writing.getAsBoolean();
        if (done) {
            directory.hasItsMetadata();
        }
        return done;
    }

    /**
     * The engine will not come back; {@link #tellFailure} says so to those who wait.
     *
     * @return false where it had failed, or was closed, before
     */
    synchronized boolean failed(GridException what) {
        if (failure != null || closed) {
            return false;
        }
        failure = what;
        return true;
    }

    /** Runs what waits for the failure, on a thread of its own: Ignite's, which may be the one that calls, must not stop itself. */
    void tellFailure() {
        List<Runnable> actions;
        synchronized (this) {
            actions = List.copyOf(failureActions);
        }
        decided.countDown();
        Thread ending = new Thread(() -> actions.forEach(Runnable::run), "membership-end");
        ending.setDaemon(true);
        ending.start();
    }

    /** Runs the action when the engine has failed; at once, where it has. */
    void onFailure(Runnable action) {
        synchronized (this) {
            if (failure == null) {
                failureActions.add(action);
                return;
            }
        }
        action.run();
    }

    void close() {
        synchronized (this) {
            closed = true;
        }
    }

    boolean isClosed() {
        return closed;
    }

    boolean isActive() {
        return identity != null;
    }

    /**
     * Waits until the engine takes calls or has failed.
     *
     * @param missing what to say is missing when the patience ends
     */
    void awaitActive(Duration patience, Supplier<String> missing) throws InterruptedException {
        boolean done = decided.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        GridException failed = failure;
        if (failed != null) {
            throw failed;
        }
        if (!done) {
            throw unavailable(
                    "grid '" + gridName + "' is not active after " + patience.toSeconds() + " s: " + missing.get());
        }
    }

    /** @throws GridException UNAVAILABLE before the grid is active */
    GridIdentity identity() {
        GridIdentity known = identity;
        if (known == null) {
            throw unavailable("grid '" + gridName + "' is not active");
        }
        return known;
    }

    /** The grid this node belongs to; nothing for a node that has never been in one. */
    Optional<UUID> knownGridId() {
        GridIdentity known = identity;
        return known == null ? directory.gridId() : Optional.of(known.id());
    }

    private static GridException unavailable(String what) {
        return new GridException(ErrorCode.UNAVAILABLE, what);
    }
}
