package io.swarmgrid.storage.membership;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.apache.ignite.events.NodeValidationFailedEvent;

/**
 * When a node leaves an inactive grid to nodes that know more, or have gone on without it, and for how long. Ignite's threads and the
 * watch for cuts tell it what happens, the keeper's thread asks.
 */
final class SteppingAside {
    private static final int MAX_DOUBLINGS = 2;

    private final EngineState state;
    private final EngineView view;
    private final Duration first;
    private volatile boolean due;
    // Confined to the keeper's thread.
    private int times;

    SteppingAside(EngineState state, EngineView view, Duration first) {
        this.state = state;
        this.view = view;
        this.first = first;
    }

    /** A node was not let in: one of this grid that has seen later metadata than this one makes it leave. */
    void refused(NodeValidationFailedEvent refused) {
        Optional<UUID> theirs = Attributes.gridId(refused.eventNode());
        Optional<UUID> own = state.knownGridId();
        String message = refused.validationResult().message();
        boolean ours = theirs.isPresent() && (own.isEmpty() || own.equals(theirs));
        if (ours && !state.isActive() && !view.active() && message.contains("BaselineTopology")) {
            due = true;
        }
    }

    /** The grid came back where this node is not: two rings are never joined, so it has to look for the other one. */
    void leftOutside() {
        due = true;
    }

    boolean isDue() {
        return due && !view.active();
    }

    /**
     * Takes note that it happens.
     *
     * @return for how long: longer each time, since on a slow machine the others' tries to join take as long as this node stayed
     *     away, and might meet it again each time
     */
    Duration begin() {
        due = false;
        return first.multipliedBy(1L << Math.min(times++, MAX_DOUBLINGS));
    }
}
