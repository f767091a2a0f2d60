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
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.outer.OuterEntry;
import io.swarmgrid.storage.outer.SteadyStore;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
    private final LongSupplier nanos;
    private volatile @Nullable Seen seen;

    private record Seen(List<GridPath> written, long atNanos) {}

    OuterChanges(Mounts mounts, Outside outside, Gate gate, LongSupplier nanos) {
        this.mounts = mounts;
        this.outside = outside;
        this.gate = gate;
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

    FileWriter put(Place place, PutOptions options) {
        requireChangeable();
        if (options.over() != null || !options.attributes().isEmpty()) {
            throw unsupported(place, "nothing but bytes is put into an outer store");
        }
        return OuterFileWriter.open(outside, place, options.overwrite());
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
                () -> store.change(each -> gate.change(() -> {
                    each.makeDirectory(place.within());
                    return true;
                })));
        return done(place);
    }

    boolean remove(Place place, boolean recursive) {
        requireChangeable();
        SteadyStore store = outside.store(place);
        // Once again is as good as once, but for what is answered.
        boolean was = store.ask(each -> each.find(place.within())).isPresent();
        return was
                && changed(
                        place,
                        () -> store.change(each -> gate.change(() -> {
                            each.remove(place.within(), recursive);
                            return true;
                        })));
    }

    FileStatus rename(Place from, Place to, boolean overwrite) {
        requireChangeable();
        if (from.mount().id() != to.mount().id()) {
            throw unsupported(from, "nothing is moved from one outer store to another");
        }
        SteadyStore store = outside.store(from);
        changed(
                from,
                () -> changed(
                        to,
                        () -> store.once(each -> gate.change(() -> {
                            each.rename(from.within(), to.within(), overwrite);
                            return true;
                        }))));
        return done(to);
    }

    /**
     * What a change has left at a place.
     *
     * @throws GridException UNKNOWN_OUTCOME where that cannot be told: it was done, and must not be called a failure
     */
    FileStatus done(Place place) {
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
