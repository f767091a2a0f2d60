package io.swarmgrid.storage.load;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.file.LoadedNear;
import io.swarmgrid.storage.load.LoadFile.Piece;
import io.swarmgrid.storage.mounted.MountedStore;
import io.swarmgrid.storage.mounted.Outside;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.Files;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Ways through all files at and below a path, what they are made of being looked at by workers. One way at a time. */
final class LoadWalk {
    /** A file of no more is looked at, and brought, by one worker; a larger one by as many as it has units. */
    private static final long SMALL_BYTES = 8L << 20;

    private final Parts parts;
    private final LoadWorkers workers;
    private final GridPath top;
    private final Medium medium;
    private final CallContext call;

    /** What it walks through. */
    record Parts(Files files, FileMetadata metadata, MountedStore mounted, LoadedNear near) {}

    LoadWalk(Parts parts, LoadWorkers workers, GridPath top, Medium medium, CallContext call) {
        this.parts = parts;
        this.workers = workers;
        this.top = top;
        this.medium = medium;
        this.call = call;
    }

    /** What is done with each piece, by any of the workers. */
    @FunctionalInterface
    interface Visitor {
        /** Whether it is near now. */
        boolean visit(FileStatus file, Piece piece);
    }

    /**
     * Returns behind the last file, or when it is to stop.
     *
     * @param tally told of all that is seen
     * @throws GridException what kept it from listing the files, or a visitor from telling
     */
    void walk(LoadTally tally, Visitor visitor, BooleanSupplier stops) throws InterruptedException {
        Way way = new Way(tally, visitor, stops);
        try {
            FilesBelow below = new FilesBelow(parts.files, top);
            for (FileStatus file = below.next(); file != null && !stops.getAsBoolean(); file = below.next()) {
                way.file(file);
            }
        } finally {
            workers.await();
        }
    }

    private LoadFile open(FileStatus file) {
        return Outside.isOutside(file.id())
                ? new LoadFile.Outer(parts.mounted.pages(call, GridPath.parse(file.path())), medium)
                : new LoadFile.Own(parts.metadata.layout(file.id()), parts.near, call, medium);
    }

    private final class Way {
        private final LoadTally tally;
        private final Visitor visitor;
        private final BooleanSupplier stops;

        private Way(LoadTally tally, Visitor visitor, BooleanSupplier stops) {
            this.tally = tally;
            this.visitor = visitor;
            this.stops = stops;
        }

        private void file(FileStatus file) throws InterruptedException {
            if (file.sizeBytes() <= SMALL_BYTES) {
                workers.run(() -> whole(file));
                return;
            }
            LoadFile opened = opened(file);
            if (opened == null) {
                return;
            }
            AtomicLong left = new AtomicLong(opened.units());
            for (long i = 0; i < opened.units() && !stops.getAsBoolean(); i++) {
                long unit = i;
                workers.run(() -> {
                    if (unit(file, opened, unit) && left.decrementAndGet() == 0) {
                        tally.hasAll(file);
                    }
                });
            }
        }

        private void whole(FileStatus file) {
            LoadFile opened = opened(file);
            if (opened == null) {
                return;
            }
            boolean all = true;
            for (long unit = 0; unit < opened.units(); unit++) {
                all &= unit(file, opened, unit);
            }
            if (all) {
                tally.hasAll(file);
            }
        }

        /** Null where it is gone, or nobody can say what it is made of. */
        private @Nullable LoadFile opened(FileStatus file) {
            try {
                LoadFile opened = open(file);
                tally.sees(file);
                return opened;
            } catch (GridException e) {
                if (e.code() == ErrorCode.CANCELLED) {
                    throw e;
                }
                if (e.code() != ErrorCode.NOT_FOUND) {
                    tally.sees(file);
                    tally.lacks(file, e.code(), String.valueOf(e.getMessage()));
                }
                return null;
            }
        }

        private boolean unit(FileStatus file, LoadFile opened, long unit) {
            boolean[] all = {true};
            opened.each(unit, piece -> {
                tally.sees(piece);
                boolean near = !stops.getAsBoolean() && visitor.visit(file, piece);
                if (near) {
                    tally.isNear(piece);
                }
                all[0] &= near;
            });
            return all[0];
        }
    }
}
