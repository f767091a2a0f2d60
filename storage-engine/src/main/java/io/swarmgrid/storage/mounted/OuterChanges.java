package io.swarmgrid.storage.mounted;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.mounted.Outside.Place;
import io.swarmgrid.storage.namespace.Files.Parents;
import io.swarmgrid.storage.namespace.Mount;
import io.swarmgrid.storage.namespace.Mounts;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.outer.OuterEntry;
import io.swarmgrid.storage.outer.OuterStore;
import io.swarmgrid.storage.outer.SteadyStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is changed below mounts that are written to: in the store, at once, and nowhere else. Thread-safe. */
final class OuterChanges {
    private static final Logger LOG = LoggerFactory.getLogger(OuterChanges.class);
    /** How long a mount may go unnoticed by those who put files, which have not to look for one each time. */
    private static final long NOTICED_NANOS = Duration.ofSeconds(1).toNanos();

    private final Mounts mounts;
    private final Outside outside;
    private final Gate gate;
    private final OuterOutcomes outcomes;
    private final LongSupplier nanos;
    private volatile @Nullable Seen seen;

    private record Seen(List<GridPath> written, long atNanos) {}

    OuterChanges(Mounts mounts, Outside outside, Gate gate, LongSupplier nanos) {
        this.mounts = mounts;
        this.outside = outside;
        this.gate = gate;
        this.outcomes = new OuterOutcomes(nanos);
        this.nanos = nanos;
    }

    /** A mount was made or taken away by this node. */
    void mountsChanged() {
        seen = null;
    }

    /** What changes a store passes it where the store is called, and so is known until it has ended. */
    Gate gate() {
        return gate;
    }

    /** Before anything is asked for. */
    private void requireChangeable() {
        gate.change(() -> true);
    }

    /** The place of a path below a mount that is written to; costs next to nothing where there is none. */
    Optional<Place> place(GridPath path) {
        boolean mayBe = written().stream().anyMatch(path::startsWith);
        return mayBe ? outside.below(path).filter(place -> place.mount().writes()) : Optional.empty();
    }

    /** What became of changes that have a name. */
    OuterOutcomes outcomes() {
        return outcomes;
    }

    FileWriter put(Place place, PutOptions options) {
        if (outcomes.isDone(options.operation())) {
            return repeated(place, options);
        }
        requireChangeable();
        if (options.over() != null || !options.attributes().isEmpty()) {
            throw unsupported(place, "nothing but bytes is put into an outer store");
        }
        try {
            return OuterFileWriter.open(outside, place, options);
        } catch (GridException e) {
            if (e.code() == ErrorCode.ALREADY_EXISTS && outcomes.isDone(options.operation())) {
                return repeated(place, options); // its end came late
            }
            throw e;
        }
    }

    private FileWriter repeated(Place place, PutOptions options) {
        return new RepeatedWriter(() -> left(place, options.operation()));
    }

    FileStatus makeDirectory(Place place, Parents parents) {
        requireChangeable();
        SteadyStore store = outside.store(place);
        Optional<OuterEntry> there = store.ask(each -> each.find(place.within()));
        if (there.isPresent() && (parents == Parents.REQUIRE || !there.get().directory())) {
            throw new GridException(
                    ErrorCode.ALREADY_EXISTS,
                    "exists: " + place.path(),
                    place.path().toString(),
                    null,
                    null);
        }
        int end = place.within().lastIndexOf('/');
        String above = end < 0 ? "" : place.within().substring(0, end);
        if (parents == Parents.REQUIRE && store.ask(each -> each.find(above)).isEmpty()) {
            throw Outside.notFound(place);
        }
        changed(
                place,
                () -> store.change(
                        each -> gate.change(() -> {
                            each.makeDirectory(place.within());
                            return true;
                        }),
                        late -> outside.forget(place)));
        return done(place);
    }

    boolean remove(Place place, boolean recursive, @Nullable OperationId operation) {
        if (outcomes.isDone(operation)) {
            return true;
        }
        requireChangeable();
        // What has come there since the first try stays.
        AtomicReference<@Nullable OuterEntry> seen = new AtomicReference<>(outcomes.seen(operation));
        boolean removed;
        try {
            removed = changed(place, () -> outside.store(place)
                    .change(each -> removeSeen(each, place.within(), recursive, seen), late -> outside.forget(place)));
        } catch (GridException e) {
            if (e.code() == ErrorCode.UNAVAILABLE) {
                outcomes.open(operation, seen.get());
            }
            throw e;
        }
        boolean done = removed || outcomes.isOpen(operation);
        if (done) {
            outcomes.done(operation);
        }
        return done;
    }

    private boolean removeSeen(
            OuterStore store, String path, boolean recursive, AtomicReference<@Nullable OuterEntry> seen) {
        OuterEntry before = seen.get();
        OuterEntry now = store.find(path).orElse(null);
        if (now == null) {
            return before != null;
        }
        if (before != null && (now.directory() != before.directory() || isOtherFile(now, before))) {
            return true;
        }
        seen.set(now);
        return gate.change(() -> {
            boolean was = store.remove(path, recursive);
            LOG.debug("removed from an outer store: path={} was_there={}", path, was);
            return true;
        });
    }

    /** A directory is another one with everything that is done in it. */
    private static boolean isOtherFile(OuterEntry one, OuterEntry other) {
        return !one.directory() && !one.isVersionOf(other);
    }

    FileStatus rename(Place from, Place to, boolean overwrite, @Nullable OperationId operation) {
        if (outcomes.isDone(operation)) {
            return left(to, operation);
        }
        requireChangeable();
        if (from.mount().id() != to.mount().id()) {
            throw unsupported(from, "nothing is moved from one outer store to another");
        }
        SteadyStore store = outside.store(from);
        try {
            changed(
                    from,
                    () -> changed(
                            to,
                            () -> store.once(
                                    each -> gate.change(() -> {
                                        each.rename(from.within(), to.within(), overwrite);
                                        outcomes.done(operation); // whoever still waits for it
                                        return true;
                                    }),
                                    late -> {
                                        outside.forget(from);
                                        outside.forget(to);
                                    })));
        } catch (GridException e) {
            if (!outcomes.isDone(operation)) {
                throw unsure(from, operation, e);
            }
        }
        return left(to, operation);
    }

    private GridException unsure(Place from, @Nullable OperationId operation, GridException e) {
        if (e.code() == ErrorCode.UNKNOWN_OUTCOME) {
            outcomes.open(operation, null);
        } else if ((e.code() == ErrorCode.NOT_FOUND || e.code() == ErrorCode.ALREADY_EXISTS)
                && outcomes.isOpen(operation)) {
            return new GridException(
                    ErrorCode.UNKNOWN_OUTCOME,
                    "it was begun before, and may be done: " + e.getMessage(),
                    from.path().toString(),
                    "look where it is",
                    e);
        }
        return e;
    }

    /** What a change that was done has left: as it was told first, where it was. */
    FileStatus left(Place place, @Nullable OperationId operation) {
        Optional<FileStatus> told = outcomes.left(operation);
        if (told.isPresent()) {
            return told.get();
        }
        FileStatus now = done(place);
        outcomes.left(operation, now);
        return now;
    }

    /**
     * What a change has left at a place.
     *
     * @throws GridException UNKNOWN_OUTCOME where that cannot be told: it was done, and must not be called a failure
     */
    private FileStatus done(Place place) {
        try {
            return outside.status(place, outside.require(place));
        } catch (GridException e) {
            throw new GridException(
                    ErrorCode.UNKNOWN_OUTCOME,
                    "it was done in the outer store, which does not say how it is now: " + place.path() + ": "
                            + e.getMessage(),
                    place.path().toString(),
                    "look whether it is there",
                    e);
        }
    }

    private boolean changed(Place place, java.util.function.BooleanSupplier change) {
        try {
            return change.getAsBoolean();
        } catch (GridException e) {
            throw Outside.at(place, e);
        } finally {
            outside.forget(place);
        }
    }

    private static GridException unsupported(Place place, String why) {
        return new GridException(
                ErrorCode.UNSUPPORTED, why + ": " + place.path(), place.path().toString(), null, null);
    }

    private List<GridPath> written() {
        Seen last = seen;
        long now = nanos.getAsLong();
        if (last != null && now - last.atNanos < NOTICED_NANOS) {
            return last.written;
        }
        try {
            List<GridPath> paths = mounts.list().stream()
                    .filter(Mount::writes)
                    .map(Mount::path)
                    .toList();
            seen = new Seen(paths, now);
            return paths;
        } catch (GridException e) {
            // The put itself will tell.
            LOG.debug("does not know which mounts are written to: {}", e.toString());
            return last == null ? List.of() : last.written;
        }
    }
}
