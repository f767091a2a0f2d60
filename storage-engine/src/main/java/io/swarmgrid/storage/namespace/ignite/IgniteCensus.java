package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockCensus;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Replica;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import javax.cache.Cache;
import org.apache.ignite.binary.BinaryObject;
import org.apache.ignite.cache.query.QueryCursor;
import org.apache.ignite.cache.query.ScanQuery;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What repair asks, over the partitions of which this node is the primary. */
final class IgniteCensus implements BlockCensus {
    private static final Logger LOG = LoggerFactory.getLogger(IgniteCensus.class);
    private static final int PAGE = 512;
    private static final int COPIES_A_STEP = 1000;

    private final Runner runner;
    private final Mender mender;
    private final Reclaim reclaim;
    private final Runnable beforeReclaim;
    private final Runnable work;
    private volatile Set<Integer> unreadBefore = Set.of();

    /**
     * @param beforeReclaim gives up what could not be given up before
     * @param work what else there is to do where all is whole
     */
    IgniteCensus(Runner runner, Mender mender, Reclaim reclaim, Runnable beforeReclaim, Runnable work) {
        this.runner = runner;
        this.mender = mender;
        this.reclaim = reclaim;
        this.beforeReclaim = beforeReclaim;
        this.work = work;
    }

    @Override
    public boolean walk(Consumer<BlockRecord> each) {
        Look look = new Look();
        for (int partition : runner.look(Tables::primaryPartitions)) {
            look.at(partition, tables -> {
                ScanQuery<BinaryObject, byte[]> query = new ScanQuery<>();
                query.setPageSize(PAGE).setLocal(true);
                look.scan(tables, partition, query, each);
            });
        }
        return told(look);
    }

    @Override
    public boolean named(Set<BlockId> blocks, Consumer<BlockRecord> found) {
        Look look = new Look();
        OfBlocks wanted = new OfBlocks(blocks);
        int partitions = runner.look(Tables::partitions);
        for (int each = 0; each < partitions; each++) {
            int partition = each;
            look.at(partition, tables -> look.scan(tables, partition, new ScanQuery<>(wanted), found));
        }
        return look.end();
    }

    /** One look at partitions, each for itself: of one that is on no node now, or a row that cannot be read, the rest is none the worse. */
    private final class Look {
        private final Set<Integer> unread = new TreeSet<>();
        private @Nullable GridException problem;

        void at(int partition, Consumer<Tables> reading) {
            try {
                runner.look(tables -> {
                    reading.accept(tables);
                    return partition;
                });
            } catch (GridException e) {
                requireLost(partition, e);
                failed(partition, e);
            }
        }

        void scan(Tables tables, int partition, ScanQuery<BinaryObject, byte[]> query, Consumer<BlockRecord> each) {
            query.setPartition(partition);
            try (QueryCursor<Cache.Entry<BinaryObject, byte[]>> cursor =
                    tables.blockCache().<BinaryObject, byte[]>withKeepBinary().query(query)) {
                for (Cache.Entry<BinaryObject, byte[]> row : cursor) {
                    BlockRecord block = decoded(partition, row);
                    if (block != null) {
                        each.accept(block);
                    }
                }
            }
        }

        private @Nullable BlockRecord decoded(int partition, Cache.Entry<BinaryObject, byte[]> row) {
            try {
                return BlockCodec.decode(row.getValue());
            } catch (RuntimeException e) {
                String what = "record of a block cannot be read: key=" + row.getKey();
                failed(partition, new GridException(ErrorCode.INTERNAL, what, e));
                return null;
            }
        }

        private void failed(int partition, GridException e) {
            unread.add(partition);
            problem = problem == null ? e : problem;
        }

        /** @return whether all could be read */
        boolean end() {
            return unread.isEmpty();
        }
    }

    /** Says what was left out, once for the same. */
    private boolean told(Look look) {
        if (look.problem != null && !look.unread.equals(unreadBefore)) {
            LOG.warn(
                    "records of blocks not looked at: partitions={} problem={}",
                    look.unread,
                    look.problem.getMessage());
        }
        unreadBefore = look.unread;
        return look.end();
    }

    /** Throws what is no lost partition: one that moves is asked for again, with all others. */
    private void requireLost(int partition, GridException e) {
        if (!runner.look(tables -> tables.blockCache().lostPartitions().contains(partition))) {
            throw e;
        }
    }

    @Override
    public Optional<String> keeper(long fileId, BlockId block) {
        return runner.primary(fileId);
    }

    @Override
    public boolean addHolder(long fileId, BlockId block, Replica replica) {
        return HolderStep.isYes(runner.change(fileId, HolderStep.add(fileId, block, replica)));
    }

    @Override
    public boolean dropHolder(long fileId, BlockId block, String node, Set<String> live, int keepLive) {
        return HolderStep.isYes(runner.change(fileId, HolderStep.drop(fileId, block, node, live, keepLive)));
    }

    @Override
    public void dropNear(long fileId, BlockId block, String node) {
        byte[] unused = runner.change(fileId, HolderStep.forgetNear(fileId, block, node));
    }

    @Override
    public List<Copy> unnamedNear(String node, Collection<Copy> copies) {
        return unnamed(node, copies, true).stream().map(Unnamed::copy).toList();
    }

    @Override
    public List<Unnamed> unnamed(String node, Collection<Copy> copies) {
        return unnamed(node, copies, false);
    }

    private List<Unnamed> unnamed(String node, Collection<Copy> copies, boolean near) {
        Map<Integer, List<Copy>> byPartition = new TreeMap<>();
        runner.look(tables -> {
            for (Copy copy : copies) {
                byPartition
                        .computeIfAbsent(tables.partition(copy.fileId()), partition -> new ArrayList<>())
                        .add(copy);
            }
            return copies.size();
        });
        List<Unnamed> unnamed = new ArrayList<>();
        for (List<Copy> group : byPartition.values()) {
            for (int from = 0; from < group.size(); from += COPIES_A_STEP) {
                List<Copy> some = group.subList(from, Math.min(group.size(), from + COPIES_A_STEP));
                unnamed.addAll(unnamedOf(some, new UnnamedStep(node, some, near)));
            }
        }
        return unnamed;
    }

    /** @param some of files of one partition; none where that is on no node now */
    private List<Unnamed> unnamedOf(List<Copy> some, UnnamedStep question) {
        long fileId = some.get(0).fileId();
        try {
            byte[] answer = Runner.untilFresh(() -> runner.readPrimary(fileId, question));
            return UnnamedStep.decode(some, answer);
        } catch (GridException e) {
            requireLost(runner.look(tables -> tables.partition(fileId)), e);
            return List.of();
        }
    }

    @Override
    public int reclaim(Set<String> live, Consumer<BlockRecord> gone, LeftFiles writerless) {
        if (!runner.isChangeable()) {
            return 0;
        }
        beforeReclaim.run();
        mender.run();
        work.run();
        return reclaim.run(live, gone, writerless, mender::isDoubtful);
    }
}
