package io.swarmgrid.storage.repair;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.SafeModeStatus;
import io.swarmgrid.config.Medium;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.BlockStore;
import io.swarmgrid.storage.cache.Demand;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.membership.Keepable;
import io.swarmgrid.storage.membership.Movement;
import io.swarmgrid.storage.membership.Nodes;
import io.swarmgrid.storage.membership.Peers;
import io.swarmgrid.storage.namespace.BlockCensus;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.placement.RendezvousPlacement;
import io.swarmgrid.storage.replica.BlockTransfer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/** A grid in memory: shared records, a block store for each node, messages that arrive at once. Thread-safe. */
final class FakeGrid {
    static final long BLOCK_BYTES = 1000;

    private final Path directory;
    final Map<BlockId, BlockRecord> records = new ConcurrentSkipListMap<>();
    final Map<String, Node> nodes = new ConcurrentSkipListMap<>();
    /** Names of nodes that are down but still waited for. */
    final Set<String> waitedFor = new ConcurrentSkipListSet<>();
    /** Copies, as {@code node/block}, that turn out to be damaged when they are read. */
    final Set<String> damaged = new ConcurrentSkipListSet<>();
    /** Those of them that were recorded as good. */
    final Set<String> falselyRecorded = new ConcurrentSkipListSet<>();
    /** What {@link BlockCensus#reclaim} will give up. */
    final Set<BlockId> doomed = new ConcurrentSkipListSet<>();

    final AtomicLong version = new AtomicLong(1);
    /** The time of demand. */
    final AtomicLong nanos = new AtomicLong();
    /** How few holders any block was left with by giving up a copy. */
    volatile int fewestHolders = Integer.MAX_VALUE;
    /** Runs between an answer that copies are not recorded and its arrival. */
    volatile Runnable behindUnnamed = () -> {};
    /** Which messages are not delivered, by who sends them. */
    volatile BiPredicate<String, RepairMessage> lost = (from, message) -> false;
    /** Nodes whose next walk is broken off. */
    final Set<String> failing = new ConcurrentSkipListSet<>();
    /** Whether nodes tell what they hold: then blocks move to where there is room. */
    volatile boolean telling;
    /** Whether names and files stay as they are. */
    volatile boolean safeMode;
    /** The evening-out under way; 0 for none. */
    volatile long balance;

    FakeGrid(Path directory) {
        this.directory = directory;
    }

    Node add(String name, String zone) {
        Node node = new Node(name, zone);
        nodes.put(name, node);
        version.incrementAndGet();
        nodes.values().forEach(Node::changed);
        return node;
    }

    void down(String name, boolean waited) {
        if (waited) {
            waitedFor.add(name);
        }
        Node node = nodes.remove(name);
        version.incrementAndGet();
        if (node != null) {
            nodes.values().forEach(Node::changed);
        }
    }

    void back(Node node) {
        waitedFor.remove(node.name);
        nodes.put(node.name, node);
        version.incrementAndGet();
        nodes.values().forEach(Node::changed);
    }

    BlockRecord block(long id, int replication, String... holders) {
        List<Replica> replicas =
                Arrays.stream(holders).map(name -> new Replica(name, 1)).toList();
        BlockRecord block = record(id, replication, replicas);
        for (String holder : holders) {
            Node node = nodes.get(holder);
            if (node != null) {
                node.blocks.put(block);
            }
        }
        records.put(block.id(), block);
        return block;
    }

    static BlockRecord record(long id, int replication, List<Replica> holders) {
        return new BlockRecord(
                new BlockId(id),
                100 + id,
                0,
                BLOCK_BYTES,
                1,
                (int) id,
                BlockState.SEALED,
                replication,
                id * 31,
                holders);
    }

    void replicate(BlockId id, int replication) {
        records.computeIfPresent(id, (key, block) -> block.asked(replication, block.keeping()));
    }

    /** Names of the nodes with a durable copy. */
    Set<String> holders(long id) {
        return HeldBlocks.names(records.get(new BlockId(id)), Replica::durable);
    }

    /** Names of the nodes with a near copy. */
    Set<String> near(long id) {
        return HeldBlocks.names(records.get(new BlockId(id)), holder -> holder.near() != null);
    }

    /** One node and everything repair sees of the grid from there. */
    final class Node implements Nodes, Peers, BlockCensus, BlockTransfer {
        final String name;
        final String zone;
        final MemoryBlocks blocks = new MemoryBlocks(directory, this::isDamaged);
        final KeptBlocks kept = new KeptBlocks();
        final Demand demand = Demand.of(SwarmConfig.defaults().storage().cache(), nanos::get);
        volatile boolean draining;
        volatile long capacityBytes = 1 << 20;
        private final Map<String, Receiver> receivers = new ConcurrentHashMap<>();
        private final List<Runnable> listeners = new java.util.concurrent.CopyOnWriteArrayList<>();

        private boolean isDamaged(BlockId block) {
            return damaged.contains(name + "/" + block.value());
        }

        private Node(String name, String zone) {
            this.name = name;
            this.zone = zone;
        }

        Repair.Seams seams() {
            return seams(blocks);
        }

        Repair.Seams seams(BlockStore store) {
            return new Repair.Seams(
                    this,
                    new RendezvousPlacement(this),
                    this,
                    this,
                    store,
                    this,
                    kept,
                    demand,
                    (context, direction, sizeBytes) -> () -> {},
                    (fileId, leaseEpoch) -> {});
        }

        void changed() {
            listeners.forEach(Runnable::run);
        }

        @Override
        public GridNodeInfo local() {
            long usedBytes = telling ? blocks.usedBytes() : 0;
            return new GridNodeInfo(
                    name,
                    zone,
                    "grpc://" + name + ":1",
                    true,
                    draining,
                    usedBytes,
                    capacityBytes,
                    capacityBytes - usedBytes,
                    blocks.blocks(),
                    1);
        }

        @Override
        public List<GridNodeInfo> live() {
            return nodes.values().stream().map(Node::local).toList();
        }

        @Override
        public Optional<GridNodeInfo> find(String wanted) {
            return Optional.ofNullable(nodes.get(wanted)).map(Node::local);
        }

        @Override
        public boolean isGone(String other) {
            return !nodes.containsKey(other) && !waitedFor.contains(other);
        }

        @Override
        public boolean allPresent() {
            return waitedFor.isEmpty();
        }

        @Override
        public Movement movement() {
            List<String> names = nodes.values().stream()
                    .filter(node -> node.draining)
                    .map(node -> node.name)
                    .toList();
            return new Movement(names, balance, 5);
        }

        @Override
        public SafeModeStatus safeMode() {
            return safeMode ? new SafeModeStatus(true, 1L, "alice") : SafeModeStatus.OFF;
        }

        @Override
        public boolean hasQuorum() {
            return nodes.containsKey(name);
        }

        @Override
        public void requireQuorum() {}

        @Override
        public void send(String node, String topic, byte[] message) {
            Node target = nodes.get(node);
            Receiver receiver = target == null ? null : target.receivers.get(topic);
            if (receiver != null && !lost.test(name, RepairMessage.decode(message))) {
                receiver.accept(name, message);
            }
        }

        @Override
        public void receive(String topic, Receiver receiver) {
            receivers.put(topic, receiver);
        }

        @Override
        public long settledVersion() {
            return version.get();
        }

        @Override
        public void onChange(Runnable listener) {
            listeners.add(listener);
        }

        @Override
        public List<Keepable> keepable(String other) {
            Node node = nodes.get(other);
            return node == null
                    ? List.of()
                    : List.of(
                            new Keepable(Medium.MEM, node.kept.mostBytes(Medium.MEM), node.kept.leftBytes(Medium.MEM)));
        }

        @Override
        public List<Copy> unnamedNear(String node, Collection<Copy> copies) {
            return copies.stream()
                    .filter(copy -> !near(copy.block().value()).contains(node))
                    .toList();
        }

        @Override
        public boolean walk(Consumer<BlockRecord> each) {
            if (failing.remove(name)) {
                throw new GridException(ErrorCode.UNAVAILABLE, "partitions are moving");
            }
            records.values().stream()
                    .filter(block -> keeper(block.fileId(), block.id()).equals(Optional.of(name)))
                    .forEach(each);
            return true;
        }

        @Override
        public Optional<String> keeper(long fileId, BlockId block) {
            List<String> keepers = new ArrayList<>(nodes.keySet());
            return Optional.of(keepers.get((int) (block.value() % keepers.size())));
        }

        @Override
        public boolean named(Set<BlockId> wanted, Consumer<BlockRecord> found) {
            wanted.stream().filter(records::containsKey).map(records::get).forEach(found);
            return true;
        }

        @Override
        public boolean addHolder(long fileId, BlockId block, Replica replica) {
            String copy = replica.node() + "/" + block.value();
            if (damaged.contains(copy)) {
                falselyRecorded.add(copy);
            }
            BlockRecord now = records.computeIfPresent(block, (id, present) -> {
                if (present.epoch() != replica.epoch()) {
                    return present;
                }
                return HeldBlocks.with(
                        present,
                        replica.node(),
                        before -> new Replica(
                                replica.node(),
                                replica.epoch(),
                                replica.durable() || (before != null && before.durable()),
                                replica.near() == null && before != null ? before.near() : replica.near()));
            });
            return now != null && now.epoch() == replica.epoch();
        }

        @Override
        public boolean dropHolder(long fileId, BlockId block, String node, Set<String> live, int keepLive) {
            BlockRecord now = records.computeIfPresent(block, (id, present) -> {
                BlockRecord rest = HeldBlocks.with(present, node, before -> null);
                List<Replica> left =
                        rest.holders().stream().filter(Replica::durable).toList();
                if (left.stream().filter(holder -> live.contains(holder.node())).count() < keepLive) {
                    return present;
                }
                fewestHolders = Math.min(fewestHolders, left.size());
                return rest;
            });
            return now == null || !HeldBlocks.isDurableOn(now, node);
        }

        @Override
        public void dropNear(long fileId, BlockId block, String node) {
            records.computeIfPresent(
                    block,
                    (id, present) -> HeldBlocks.with(
                            present,
                            node,
                            before -> before == null || !before.durable() ? null : new Replica(node, before.epoch())));
        }

        @Override
        public List<Unnamed> unnamed(String node, Collection<Copy> copies) {
            List<Unnamed> unnamed = copies.stream()
                    .map(copy -> new Unnamed(
                            copy,
                            Optional.ofNullable(records.get(copy.block()))
                                    .filter(block -> block.epoch() == copy.epoch())))
                    .filter(each -> each.block().isEmpty()
                            || !holders(each.copy().block().value()).contains(node))
                    .toList();
            if (!unnamed.isEmpty()) {
                behindUnnamed.run();
            }
            return unnamed;
        }

        @Override
        public int reclaim(Set<String> live, Consumer<BlockRecord> gone, LeftFiles writerless) {
            List<BlockRecord> taken = new ArrayList<>();
            walk(block -> {
                if (doomed.remove(block.id())) {
                    taken.add(block);
                }
            });
            taken.forEach(block -> {
                records.remove(block.id());
                gone.accept(block);
            });
            return taken.size();
        }

        @Override
        public long fetch(CallContext context, BlockRecord block, GridNodeInfo from) {
            Node source = nodes.get(from.name());
            if (source == null || !source.blocks.has(block.id(), block.epoch())) {
                throw new GridException(ErrorCode.UNAVAILABLE, "not there: node=" + from.name());
            }
            if (source.isDamaged(block.id()) || !source.blocks.has(block)) {
                throw new GridException(ErrorCode.CORRUPT_DATA, "damaged: node=" + from.name());
            }
            damaged.remove(name + "/" + block.id().value());
            blocks.put(block);
            return block.lengthBytes();
        }
    }
}
