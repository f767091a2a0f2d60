package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockCensus.LeftFiles;
import io.swarmgrid.storage.namespace.BlockRecord;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/**
 * Takes back what lies in the trash and what dead writers left, in the partitions of which this node is the primary. Files of few
 * blocks go many in a transaction, which costs more than their rows do; others are a transaction each or, with very many blocks,
 * several. Whatever is cut off in between is found again.
 */
final class Reclaim {
    /** Files and directories taken up in one call. */
    private static final int MAX_INODES = 4096;

    private static final int NAMES_A_PAGE = 256;
    private static final int BLOCKS_A_TRANSACTION = 256;
    private static final int FILES_A_TRANSACTION = 32;
    /** Of a file that shares its transaction with others. */
    private static final int FEW_BLOCKS = BLOCKS_A_TRANSACTION / FILES_A_TRANSACTION;

    private final Runner runner;
    private final Clock clock;
    private final Duration grace;
    private final Predicate<UUID> isRunning;
    private final Silence silence;
    private final DoomedRows rows;
    /** Read by those who show it. */
    private volatile long leases;

    /** @param isRunning whether a run of a node is still in the grid */
    Reclaim(Runner runner, Clock clock, Duration grace, Predicate<UUID> isRunning, Silence silence, DoomedRows rows) {
        this.runner = runner;
        this.clock = clock;
        this.grace = grace;
        this.isRunning = isRunning;
        this.silence = silence;
        this.rows = rows;
    }

    /** @param isDoubtful of which partitions it is not known whether their changes are whole: these are left alone */
    int run(Set<String> live, Consumer<BlockRecord> gone, LeftFiles writerless, IntPredicate isDoubtful) {
        Pass pass = new Pass(live, gone, writerless);
        silence.beginRound();
        rows.beginRound();
        for (int partition : runner.look(Tables::primaryPartitions)) {
            if (pass.budget <= 0) {
                break;
            }
            if (!isDoubtful.test(partition)) {
                pass.takeAll(partition);
            }
        }
        silence.endRound(pass.budget > 0);
        rows.endRound(pass.budget > 0);
        leases = pass.leases;
        return pass.taken;
    }

    /** How many files were being written, as the last call saw it as far as it came; also those that have no name. */
    long leases() {
        return leases;
    }

    /** Of a transaction each. */
    private static <T> List<List<T>> shares(List<T> all) {
        List<List<T>> shares = new ArrayList<>();
        for (int from = 0; from < all.size(); from += FILES_A_TRANSACTION) {
            shares.add(all.subList(from, Math.min(all.size(), from + FILES_A_TRANSACTION)));
        }
        return shares;
    }

    /** @param leaseEpoch of the lease that has ended; 0 where there was none */
    private record Due(long id, long leaseEpoch) {}

    /** One call's work. Confined to its thread. */
    private final class Pass {
        private final Set<String> live;
        private final Consumer<BlockRecord> gone;
        private final LeftFiles writerless;
        private int budget = MAX_INODES;
        private int taken;
        private long leases;

        Pass(Set<String> live, Consumer<BlockRecord> gone, LeftFiles writerless) {
            this.live = live;
            this.gone = gone;
            this.writerless = writerless;
        }

        List<Due> due(Tables tables, int partition) {
            List<Due> due = new ArrayList<>();
            rows.visit(tables, partition, new DoomedRows.Visitor() {
                @Override
                public boolean isDue(long id, Doomed doomed) {
                    Lease lease = doomed.lease();
                    leases += lease == null ? 0 : 1;
                    boolean is = Pass.this.isDue(tables, id, doomed);
                    if (is) {
                        due.add(new Due(id, lease == null ? 0 : lease.epoch()));
                    }
                    return is;
                }

                @Override
                public boolean wantsMore() {
                    return due.size() < budget;
                }
            });
            return due;
        }

        private boolean isDue(Tables tables, long id, Doomed doomed) {
            Lease lease = doomed.lease();
            if (lease != null) {
                // A run that has left the grid does not come back: a node that was cut off starts anew.
                boolean lost = !live.contains(lease.node()) || !isRunning.test(lease.run());
                return (lost && !mayGoOn(tables, id)) || silence.isOver(id, lease, doomed.beats());
            }
            return doomed.sinceMs() == Doomed.NO_GRACE || clock.millis() - doomed.sinceMs() >= grace.toMillis();
        }

        /** Whether the writer is not lost with his node: he knows what he was told is kept, and the grid does not. */
        private boolean mayGoOn(Tables tables, long id) {
            Inode inode = tables.inode(id);
            return inode != null
                    && inode.content().isVisible()
                    && inode.content().writer().mayGoOn();
        }

        /** All that is due in a partition; one that is on no node now waits, and the others do not. */
        void takeAll(int partition) {
            try {
                takeAll(runner.look(tables -> due(tables, partition)));
            } catch (GridException e) {
                requireLater(e);
            }
        }

        /** Takes what it can, the files of few blocks last and together. */
        void takeAll(List<Due> all) {
            List<Due> together = new ArrayList<>();
            for (Due each : all) {
                if (isSmall(each.id)) {
                    together.add(each);
                } else {
                    tryTake(each);
                }
            }
            for (List<Due> some : shares(together)) {
                if (!takeTogether(some)) {
                    some.forEach(this::tryTake);
                }
            }
        }

        private boolean isSmall(long id) {
            try {
                return runner.look(tables -> isSmall(tables, id));
            } catch (StaleException | GridException e) {
                return false; // nor is it taken with others
            }
        }

        private static boolean isSmall(Tables tables, long id) {
            Inode inode = tables.inode(id);
            return inode != null
                    && inode.isFile()
                    && !isOpen(tables, id, inode)
                    && inode.content().blocks().size() <= FEW_BLOCKS;
        }

        /** @return false where somebody is at one of them: then nothing was taken */
        private boolean takeTogether(List<Due> all) {
            List<BlockRecord> removed;
            try {
                Map<Long, Inode> seen = runner.look(tables -> seen(tables, all));
                removed = runner.changeHere(tables -> {
                    List<BlockRecord> blocks = new ArrayList<>();
                    seen.forEach((id, inode) -> blocks.addAll(takeBlocks(tables, id, inode)));
                    return blocks;
                });
            } catch (StaleException e) {
                return false;
            } catch (GridException e) {
                requireLater(e);
                return false;
            }
            removed.forEach(gone);
            budget -= all.size();
            taken += all.size();
            return true;
        }

        private static Map<Long, Inode> seen(Tables tables, List<Due> all) {
            Map<Long, Inode> seen = new LinkedHashMap<>();
            all.forEach(each -> seen.put(each.id, seen(tables, each.id)));
            return seen;
        }

        private static Inode seen(Tables tables, long id) {
            Inode inode = tables.inode(id);
            if (inode == null) {
                throw new StaleException("taken back meanwhile");
            }
            return inode;
        }

        /**
         * Leaves for the next time what others are at, what came to life, what has another keeper now, and what cannot be looked at
         * because no node has it.
         */
        private void tryTake(Due due) {
            try {
                take(due.id, due.leaseEpoch);
            } catch (StaleException e) {
                budget--;
            } catch (GridException e) {
                budget--;
                requireLater(e);
            }
        }

        /** Throws it where there is no use in going on. */
        private static void requireLater(GridException e) {
            if (e.kind() == ErrorKind.CALLER || e.code() == ErrorCode.NO_QUORUM) {
                throw e;
            }
        }

        private void take(long id, long leaseEpoch) {
            Inode inode = runner.look(tables -> tables.inode(id));
            if (inode == null) {
                budget--;
                runner.changeHere(tables -> {
                    tables.dropInline(id);
                    tables.dropDoomed(id);
                    return id;
                });
            } else if (inode.isFile() && runner.look(tables -> isOpen(tables, id, inode))) {
                budget--;
                writerless.found(id, leaseEpoch);
            } else if (inode.isFile()) {
                takeFile(id);
            } else {
                takeDirectory(id);
            }
        }

        /** Whether it is written by somebody and seen by others; what was removed meanwhile is neither. */
        private static boolean isOpen(Tables tables, long id, Inode inode) {
            Doomed doomed = tables.doomed(id);
            return inode.content().isVisible() && doomed != null && doomed.lease() != null;
        }

        private void takeFile(long id) {
            List<BlockRecord> removed;
            do {
                Inode seen = runner.look(tables -> seen(tables, id));
                removed = runner.changeHere(tables -> takeBlocks(tables, id, seen));
                removed.forEach(gone);
            } while (removed.size() == BLOCKS_A_TRANSACTION);
            budget--;
            taken++;
        }

        /**
         * Removes some blocks, and with the last of them the file. What says that it was removed is touched last, and so is the last
         * to go where the log is cut off: see {@link Torn}.
         */
        private List<BlockRecord> takeBlocks(Tables tables, long id, Inode seen) {
            Lease lease = seen.content().lease();
            boolean given = lease != null && lease.isGiven();
            List<BlockId> blocks = given ? List.of() : seen.content().blocks();
            List<BlockId> some = blocks.subList(0, Math.min(blocks.size(), BLOCKS_A_TRANSACTION));
            List<BlockRecord> removed = some.stream()
                    .map(block -> tables.block(seen.content().key(id, block)))
                    .filter(Objects::nonNull)
                    .toList();
            Inode inode = tables.inode(id);
            if (seen.content().inlined()) {
                tables.inline(id);
            }
            Doomed doomed = tables.doomed(id);
            if (doomed == null
                    || inode == null
                    || !inode.content().equals(seen.content())
                    || isOpen(tables, id, inode)
                    || !isDue(tables, id, doomed)) {
                throw new StaleException("came to life");
            }
            if (Torn.isGivenInVain(tables, inode)) {
                tables.charging().forced(() -> TornInodes.mend(tables, id, clock.millis()));
                return List.of();
            }
            some.forEach(block -> tables.dropBlock(seen.content().key(id, block)));
            if (some.size() < BLOCKS_A_TRANSACTION) {
                tables.dropInode(id);
                tables.dropInline(id);
                tables.dropDoomed(id);
            } else {
                List<BlockId> rest = blocks.subList(BLOCKS_A_TRANSACTION, blocks.size());
                tables.inode(id, inode.holding(inode.content().rest(Lease.NOBODY, rest)));
                tables.doomed(id, Doomed.NOW);
            }
            return removed;
        }

        /** Empties a directory whose guard is gone, so that nothing can come into it; the last page takes it away. */
        private void takeDirectory(long id) {
            while (budget > 0) {
                List<NameIndex.Named> page = runner.look(tables -> tables.names(id, null, NAMES_A_PAGE));
                if (page.isEmpty()) {
                    runner.changeHere(tables -> {
                        tables.dropGuard(id);
                        tables.dropInode(id);
                        requireRemoved(tables, id);
                        tables.dropDoomed(id);
                        return id;
                    });
                    budget--;
                    taken++;
                    return;
                }
                List<Due> files = new ArrayList<>();
                for (List<NameIndex.Named> some : shares(page)) {
                    runner.changeHere(tables -> {
                        requireRemoved(tables, id);
                        some.forEach(named -> doom(tables, id, named));
                        return id;
                    });
                }
                for (NameIndex.Named named : page) {
                    long below = named.dentry().inodeId();
                    if (named.dentry().isFile() && runner.look(tables -> tables.isPrimary(below))) {
                        files.add(new Due(below, 0));
                    } else {
                        budget--;
                    }
                }
                takeAll(files);
            }
        }

        private static void requireRemoved(Tables tables, long directoryId) {
            if (!Torn.isRemoved(tables, directoryId)) {
                throw new StaleException("came to life");
            }
        }

        private static void doom(Tables tables, long directoryId, NameIndex.Named named) {
            Dentry dentry = tables.dentry(directoryId, named.name());
            if (dentry == null || dentry.inodeId() != named.dentry().inodeId()) {
                throw new StaleException("renamed meanwhile");
            }
            tables.unlink(directoryId, named.name());
            Directories.discard(tables, dentry, Doomed.NOW);
        }
    }
}
