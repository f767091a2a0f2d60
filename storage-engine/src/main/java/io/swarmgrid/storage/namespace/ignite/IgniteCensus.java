package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockCensus;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Replica;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import javax.cache.Cache;
import org.apache.ignite.binary.BinaryObject;
import org.apache.ignite.cache.query.QueryCursor;
import org.apache.ignite.cache.query.ScanQuery;

/** What repair asks, over the partitions of which this node is the primary. */
final class IgniteCensus implements BlockCensus {
    private static final int PAGE = 512;
    private static final int COPIES_A_STEP = 1000;

    private final Runner runner;
    private final Mender mender;
    private final Reclaim reclaim;
    private final Runnable beforeReclaim;

    /** @param beforeReclaim gives up what could not be given up before */
    IgniteCensus(Runner runner, Mender mender, Reclaim reclaim, Runnable beforeReclaim) {
        this.runner = runner;
        this.mender = mender;
        this.reclaim = reclaim;
        this.beforeReclaim = beforeReclaim;
    }

    @Override
    public void walk(Consumer<BlockRecord> each) {
        int[] partitions = runner.look(Tables::primaryPartitions);
        for (int partition : partitions) {
            runner.look(tables -> {
                walk(tables, partition, each);
                return partition;
            });
        }
    }

    private static void walk(Tables tables, int partition, Consumer<BlockRecord> each) {
        ScanQuery<BinaryObject, byte[]> query = new ScanQuery<>();
        query.setPartition(partition).setPageSize(PAGE).setLocal(true);
        try (QueryCursor<Cache.Entry<BinaryObject, byte[]>> cursor =
                tables.blockCache().<BinaryObject, byte[]>withKeepBinary().query(query)) {
            for (Cache.Entry<BinaryObject, byte[]> row : cursor) {
                each.accept(BlockCodec.decode(row.getValue()));
            }
        }
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
    public List<Unnamed> unnamed(String node, Collection<Copy> copies) {
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
                byte[] answer =
                        Runner.untilFresh(() -> runner.readPrimary(some.get(0).fileId(), new UnnamedStep(node, some)));
                unnamed.addAll(UnnamedStep.decode(some, answer));
            }
        }
        return unnamed;
    }

    @Override
    public int reclaim(Set<String> live, Consumer<BlockRecord> gone, LeftFiles writerless) {
        if (!runner.isChangeable()) {
            return 0;
        }
        beforeReclaim.run();
        mender.run();
        return reclaim.run(live, gone, writerless, mender::isDoubtful);
    }
}
