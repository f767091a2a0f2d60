package io.swarmgrid.storage.check;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.CheckResult;
import io.swarmgrid.client.wire.CheckResult.CopyState;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.EntriesOf;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.replica.DataPath;
import io.swarmgrid.storage.replica.RemoteBlocks;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/*
 * Depth first in order of name, so that one path says what has been done: a page begins behind the last one's, whichever node
 * is asked for it. In memory is a page of names for each level of the way down, and the problems of this page.
 *
 * A page ends after so many files, so many problems or so much time, also among directories without any file, but never within a block.
 *
 * Copies are made and given up, and files removed, while they are looked at. So a bad or missing copy counts only where the metadata
 * still has it afterwards.
 */
/** Checks files, their blocks and the copies of these. Thread-safe. */
public final class FileChecker {
    private static final int MAX_PROBLEMS = 500;
    /** How often a block is looked at that changes while it is. */
    private static final int MAX_LOOKS = 4;

    /** Well within the time that callers give a call. */
    private static final long PAGE_NANOS = 3_000_000_000L;

    private final Files files;
    private final FileMetadata metadata;
    private final CopyProbe probe;
    private final Runnable wakeRepair;
    private final LongSupplier nanoTime;

    /** @param wakeRepair has repair look for work now */
    public FileChecker(Files files, FileMetadata metadata, DataPath path, RemoteBlocks remote, Runnable wakeRepair) {
        this(files, metadata, new CopyProbe(path, remote), wakeRepair, System::nanoTime);
    }

    FileChecker(Files files, FileMetadata metadata, CopyProbe probe, Runnable wakeRepair, LongSupplier nanoTime) {
        this.files = files;
        this.metadata = metadata;
        this.probe = probe;
        this.wakeRepair = wakeRepair;
        this.nanoTime = nanoTime;
    }

    /**
     * Where a check goes on.
     *
     * @param path the last file that was looked at, or the directory that is to be looked into
     * @param block how many of its blocks were; {@link #INTO} for a directory
     */
    public record Place(GridPath path, int block) {
        static final int INTO = -1;
    }

    /**
     * What a page found, and where the next one begins.
     *
     * @param next null where this was the last
     */
    public record Page(CheckResult found, @Nullable Place next) {}

    /**
     * One page of a check.
     *
     * @param from where the page before ended; null for the first
     * @param maxFiles how many files at most
     * @throws GridException NOT_FOUND; what keeps it from telling, such as OVERLOADED or NO_QUORUM
     */
    public Page check(CallContext context, GridPath top, @Nullable Place from, CheckMode mode, int maxFiles) {
        Walk walk = new Walk(context, mode, maxFiles, nanoTime.getAsLong() + PAGE_NANOS);
        Place next = files.stat(top).kind() == EntryKind.FILE
                ? walk.file(top, from == null ? 0 : from.block())
                : walk.directory(top, from);
        if (walk.repaired) {
            wakeRepair.run();
        }
        return new Page(walk.tally.result(null), next);
    }

    /** One page's way through the tree. */
    private final class Walk {
        private final CallContext context;
        private final CheckMode mode;
        private final int maxFiles;
        private final long deadlineNanos;
        private final Tally tally = new Tally();
        private boolean repaired;

        private Walk(CallContext context, CheckMode mode, int maxFiles, long deadlineNanos) {
            this.context = context;
            this.mode = mode;
            this.maxFiles = maxFiles;
            this.deadlineNanos = deadlineNanos;
        }

        @Nullable
        Place directory(GridPath top, @Nullable Place from) {
            Deque<EntriesOf> open = new ArrayDeque<>();
            if (from == null) {
                tally.directory();
                open.push(new EntriesOf(files, top, null));
            } else {
                List<String> names = from.path().names();
                for (int depth = top.names().size(); depth < names.size(); depth++) {
                    open.push(new EntriesOf(files, GridPath.of(names.subList(0, depth)), names.get(depth)));
                }
                if (from.block() == Place.INTO) {
                    open.push(new EntriesOf(files, from.path(), null));
                }
                Place again = from.block() > 0 ? file(from.path(), from.block()) : null;
                if (again != null) {
                    return again;
                }
            }
            while (!open.isEmpty()) {
                FileStatus entry = open.element().next();
                if (entry == null) {
                    open.pop();
                } else if (entry.kind() == EntryKind.FILE) {
                    GridPath path = GridPath.parse(entry.path());
                    Place rest = file(path, 0);
                    if (rest != null) {
                        return rest;
                    }
                    if (isFull()) {
                        return new Place(path, 0);
                    }
                } else {
                    tally.directory();
                    GridPath path = GridPath.parse(entry.path());
                    if (isLate()) {
                        return new Place(path, Place.INTO);
                    }
                    open.push(new EntriesOf(files, path, null));
                }
            }
            return null;
        }

        /** Null where all of it was looked at, or it is gone. */
        @Nullable
        Place file(GridPath path, int from) {
            FileLayout layout;
            try {
                layout = metadata.layout(path);
            } catch (GridException e) {
                if (e.code() == ErrorCode.NOT_FOUND) {
                    return null; // removed, or being written anew
                }
                throw e;
            }
            if (from == 0) {
                tally.file(layout.lengthBytes());
            }
            List<BlockRecord> blocks = layout.blocks();
            for (int i = from; i < blocks.size(); i++) {
                if (blocks.get(i).state() == BlockState.SEALED) {
                    block(path, layout.status().id(), blocks.get(i)); // an open one is its writer's
                }
                if (i + 1 < blocks.size() && isLate()) {
                    return new Place(path, i + 1);
                }
            }
            return null;
        }

        private void block(GridPath path, long fileId, BlockRecord listed) {
            BlockRecord block = listed;
            List<CopyState> copies = look(block);
            for (int looks = 1; looks < MAX_LOOKS && copies.stream().anyMatch(CopyState::bad); looks++) {
                Optional<BlockRecord> now = recorded(fileId, block.id());
                if (now.isEmpty()) {
                    return; // removed, or cut off
                }
                if (now.get().equals(block)) {
                    break;
                }
                block = now.get();
                copies = look(block);
            }
            boolean someGood = copies.stream().anyMatch(CopyState::good);
            boolean mend = someGood && mode.repair() == CheckMode.Repair.YES;
            tally.block(path.toString(), block, copies, mend ? giveUpBad(block, copies) : 0);
        }

        private List<CopyState> look(BlockRecord block) {
            List<CopyState> copies = new ArrayList<>();
            for (Replica holder : block.holders()) {
                if (holder.durable()) {
                    copies.add(probe.look(context, block, holder, mode.depth()));
                }
            }
            return copies;
        }

        /** What the metadata has of a block by now. */
        private Optional<BlockRecord> recorded(long fileId, BlockId id) {
            try {
                return metadata.layout(fileId).blocks().stream()
                        .filter(block -> block.id().equals(id))
                        .findFirst();
            } catch (GridException e) {
                if (e.code() == ErrorCode.NOT_FOUND) {
                    return Optional.empty();
                }
                throw e;
            }
        }

        private int giveUpBad(BlockRecord block, List<CopyState> copies) {
            int given = 0;
            for (CopyState copy : copies) {
                if (copy.bad() && metadata.reportBad(block.fileId(), block.id(), copy.node(), block.epoch())) {
                    probe.putAside(context, block, copy.node());
                    given++;
                }
            }
            repaired |= given > 0;
            return given;
        }

        private boolean isFull() {
            return tally.files() >= maxFiles || isLate();
        }

        private boolean isLate() {
            return tally.problems() >= MAX_PROBLEMS || nanoTime.getAsLong() > deadlineNanos;
        }
    }
}
