package io.swarmgrid.storage.mounted;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.Usage;
import io.swarmgrid.config.OuterConfig;
import io.swarmgrid.storage.namespace.Mount;
import io.swarmgrid.storage.namespace.Mounts;
import io.swarmgrid.storage.outer.OuterEntry;
import io.swarmgrid.storage.outer.OuterStores;
import io.swarmgrid.storage.outer.SteadyStore;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What lies below the mounts of the grid. Thread-safe. */
public final class Outside {
    private static final int PAGE = 1000;
    private static final int FILE_RIGHTS = 0444;
    private static final int DIRECTORY_RIGHTS = 0555;
    private static final int OWNER_WRITES = 0200;

    private final Mounts mounts;
    private final OuterStores stores;
    private final Statuses statuses;
    private final int maxListed;
    private final OuterChanges changes;

    /**
     * Over stores that the caller closes.
     *
     * @param gate what is changed in a store passes it
     */
    public Outside(Mounts mounts, OuterStores stores, OuterConfig config, Gate gate) {
        this(mounts, stores, config, gate, System::nanoTime);
    }

    Outside(Mounts mounts, OuterStores stores, OuterConfig config, Gate gate, LongSupplier nanos) {
        this.changes = new OuterChanges(mounts, this, gate, nanos);
        this.mounts = mounts;
        this.stores = stores;
        this.statuses = new Statuses(config, nanos);
        this.maxListed = config.maxListed();
    }

    /**
     * A path at or below a mount.
     *
     * @param within what it is in the store
     */
    record Place(Mount mount, GridPath path, String within) {
        boolean isBelow() {
            return !within.isEmpty();
        }
    }

    /** Whether an entry is none of the grid's: those have positive ids. */
    public static boolean isOutside(long id) {
        return id < 0;
    }

    Optional<Place> at(GridPath path) {
        return mounts.over(path).map(mount -> new Place(mount, path, mount.within(path)));
    }

    /** The place of a path where it is below a mount, and not the mount itself. */
    Optional<Place> below(GridPath path) {
        return path.isRoot() ? Optional.empty() : at(path).filter(Place::isBelow);
    }

    Optional<OuterEntry> find(Place place) {
        return statuses.find(store(place), place.within);
    }

    /** @throws GridException NOT_FOUND */
    OuterEntry require(Place place) {
        return find(place).orElseThrow(() -> notFound(place));
    }

    FileStatus status(Place place, OuterEntry entry) {
        return status(place.mount, place.path.toString(), place.within, entry);
    }

    Listing list(Place place, @Nullable String after, int limit) {
        String prefix = place.path + "/";
        String within = place.isBelow() ? place.within + "/" : "";
        Statuses.Page page;
        try {
            page = statuses.list(store(place), place.within, after, limit);
        } catch (GridException e) {
            throw at(place, e);
        }
        List<FileStatus> entries = new ArrayList<>(page.entries().size());
        for (OuterEntry entry : page.entries()) {
            entries.add(status(place.mount, prefix + entry.name(), within + entry.name(), entry));
        }
        String last = page.entries().isEmpty()
                ? null
                : page.entries().get(page.entries().size() - 1).name();
        return new Listing(entries, page.more() ? last : null);
    }

    /** Adds up what lies there; nothing of it is stored here. */
    Usage usage(Place place) {
        OuterEntry top = require(place);
        if (!top.directory()) {
            return new Usage(place.path.toString(), 1, 0, top.sizeBytes(), 0);
        }
        long files = 0;
        long directories = 1;
        long sizeBytes = 0;
        Deque<Place> open = new ArrayDeque<>();
        open.push(place);
        while (!open.isEmpty()) {
            Place at = open.pop();
            String after = null;
            do {
                Listing page = list(at, after, PAGE);
                for (FileStatus entry : page.entries()) {
                    if (files + directories >= maxListed) {
                        throw new GridException(
                                ErrorCode.UNSUPPORTED,
                                "more than " + maxListed + " entries of an outer store are not added up: " + place.path,
                                place.path.toString(),
                                "ask for a directory below it, or raise storage.outer.max-listed",
                                null);
                    }
                    if (entry.kind() == EntryKind.FILE) {
                        files++;
                        sizeBytes += entry.sizeBytes();
                    } else {
                        directories++;
                        GridPath child = GridPath.parse(entry.path());
                        open.push(new Place(at.mount, child, at.mount.within(child)));
                    }
                }
                after = page.nextPageToken();
            } while (after != null);
        }
        return new Usage(place.path.toString(), files, directories, sizeBytes, 0);
    }

    /**
     * Does something that changes the grid: below a mount nothing is found that could be changed.
     *
     * @throws GridException UNSUPPORTED where it would have changed what is below a mount
     */
    public <R> R change(GridPath path, Supplier<R> change) {
        try {
            return change.get();
        } catch (GridException e) {
            if (e.code() == ErrorCode.NOT_FOUND || e.code() == ErrorCode.UNSUPPORTED) {
                requireNotBelow(path);
            }
            throw e;
        }
    }

    /** @throws GridException INVALID_ARGUMENT where what is put into a directory goes to an outer store, file by file */
    public void requireInMetadata(GridPath directory) {
        if (changes.place(directory.child("a")).isPresent()) {
            throw GridException.invalid("files are put one by one into an outer store: " + directory);
        }
    }

    /** @throws GridException UNSUPPORTED where a path lies below a mount */
    void requireNotBelow(GridPath path) {
        Optional<Place> place = below(path);
        if (place.isPresent()) {
            Mount mount = place.get().mount;
            if (mount.writes()) {
                throw new GridException(
                        ErrorCode.UNSUPPORTED,
                        "files of an outer store are put, removed and given other paths in it, and nothing else: "
                                + path + ", below " + mount.path(),
                        path.toString(),
                        null,
                        null);
            }
            throw new GridException(
                    ErrorCode.UNSUPPORTED,
                    "cannot change what lies below " + mount.path() + ", where the outer store " + mount.uri()
                            + " is mounted to be read: " + path,
                    path.toString(),
                    "change it in the outer store",
                    null);
        }
    }

    OuterStores stores() {
        return stores;
    }

    OuterChanges changes() {
        return changes;
    }

    /** Something was changed there. */
    void forget(Place place) {
        statuses.forgetBelow(store(place), place.within);
    }

    /** How many answers were older than they should be, since a store gave none. */
    public long stale() {
        return statuses.stale();
    }

    SteadyStore store(Place place) {
        return stores.store(place.mount.uri());
    }

    static GridException notFound(Place place) {
        return new GridException(
                ErrorCode.NOT_FOUND,
                "not found: " + place.path + ", in the outer store " + place.mount.uri(),
                place.path.toString(),
                null,
                null);
    }

    /** The error of a store with the path by which the caller knows it. */
    static GridException at(Place place, GridException e) {
        return new GridException(e.code(), String.valueOf(e.getMessage()), place.path.toString(), e.hint(), e);
    }

    /**
     * A file's identity is that of its version: who has opened one is never given bytes of the next.
     *
     * @param within what it is in the store
     */
    private static FileStatus status(Mount mount, String path, String within, OuterEntry entry) {
        String version = entry.directory() ? "" : entry.version();
        long id = Hash.of(Long.toString(mount.id()), within, version)[0] | Long.MIN_VALUE;
        long modifiedMs = TimeUnit.NANOSECONDS.toMillis(entry.modifiedNanos());
        return new FileStatus(
                path,
                entry.directory() ? EntryKind.DIRECTORY : EntryKind.FILE,
                id,
                entry.sizeBytes(),
                Math.max(1, TimeUnit.NANOSECONDS.toMicros(entry.modifiedNanos())),
                modifiedMs,
                modifiedMs,
                mount.status().owner(),
                1,
                entry.directory() ? null : "sealed",
                null,
                mount.status().group(),
                (entry.directory() ? DIRECTORY_RIGHTS : FILE_RIGHTS) | (mount.writes() ? OWNER_WRITES : 0));
    }
}
