package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.membership.MetadataRoom;
import io.swarmgrid.storage.membership.SafeMode;
import io.swarmgrid.storage.namespace.BlockRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.cache.affinity.Affinity;
import org.apache.ignite.cluster.ClusterNode;
import org.jspecify.annotations.Nullable;

/**
 * The caches of one node, typed. Reads and writes take part in the transaction of the calling thread, if it has one; reads
 * outside of one are answered from a copy on this node where there is one: names and inodes as {@link Settled} has it, the rest as
 * it lies there, which may be behind what is just being changed. Thread-safe.
 */
final class Tables {
    private static final String LOCAL_KEY = "swarm.namespace.tables";

    private final IgniteCache<DentryKey, byte[]> dentries;
    private final IgniteCache<Long, byte[]> inodes;
    private final IgniteCache<Long, byte[]> inline;
    private final IgniteCache<BlockKey, byte[]> blocks;
    private final IgniteCache<Long, byte[]> doomed;
    private final IgniteCache<String, byte[]> operations;
    private final Charging charging;
    private final Expiries expiries;
    private final Affinity<Long> affinity;
    private final ClusterNode localNode;
    private final Transactions transactions;
    private final NameIndex names;
    private final ListedPages listed;
    private final Ignite ignite;
    private volatile @Nullable SafeMode safeMode;

    private Tables(Ignite ignite) {
        dentries = cache(ignite, NamespaceCaches.DENTRIES);
        inodes = cache(ignite, NamespaceCaches.INODES);
        inline = cache(ignite, NamespaceCaches.INLINE);
        blocks = cache(ignite, NamespaceCaches.BLOCKS);
        doomed = cache(ignite, NamespaceCaches.TRASH);
        operations = cache(ignite, NamespaceCaches.OPERATIONS);
        charging = new Charging(cache(ignite, NamespaceCaches.QUOTAS));
        expiries = new Expiries(cache(ignite, NamespaceCaches.EXPIRIES));
        affinity = ignite.affinity(NamespaceCaches.INODES);
        localNode = ignite.cluster().localNode();
        transactions = new Transactions(ignite.transactions());
        names = new NameIndex(dentries);
        listed = new ListedPages(ignite);
        this.ignite = ignite;
    }

    /**
     * Those of this node, kept until {@link #forget}.
     *
     * @throws GridException UNAVAILABLE while the grid is not active
     */
    static Tables of(Ignite ignite) {
        if (!ignite.cluster().state().active()) {
            forget(ignite); // a cache that is kept over a deactivation would wait for its start without an end
            throw inactive();
        }
        Map<String, Tables> kept = ignite.cluster().nodeLocalMap();
        Tables tables = kept.get(LOCAL_KEY);
        if (tables == null) {
            tables = new Tables(ignite);
            kept.put(LOCAL_KEY, tables);
        }
        return tables;
    }

    /** After the caches were stopped: the next use finds the new ones. */
    static void forget(Ignite ignite) {
        ignite.cluster().nodeLocalMap().remove(LOCAL_KEY);
    }

    private static <K> IgniteCache<K, byte[]> cache(Ignite ignite, String name) {
        IgniteCache<K, byte[]> cache = ignite.cache(name);
        if (cache == null) {
            throw inactive();
        }
        return cache;
    }

    static GridException inactive() {
        return new GridException(
                ErrorCode.UNAVAILABLE, "the grid is not active", null, "wait, or see grid status", null);
    }

    /**
     * Changes names or files in a transaction.
     *
     * @throws GridException PRECONDITION_FAILED in safe mode; what {@link Transactions#run} throws
     */
    <R> R changeFiles(Supplier<R> body) {
        SafeMode mode = safeMode;
        if (mode == null) {
            mode = SafeMode.of(ignite);
            safeMode = mode;
        }
        Supplier<R> change = () -> charging.inTurn(() -> transactions.run(body));
        return mode == null ? change.get() : mode.change(change);
    }

    /**
     * Before what makes the metadata grow is written, and after it was found that this was not done before.
     *
     * @throws GridException NO_SPACE
     */
    void requireRoom() {
        MetadataRoom.require(ignite);
    }

    Transactions transactions() {
        return transactions;
    }

    IgniteCache<Long, byte[]> doomedCache() {
        return doomed;
    }

    IgniteCache<DentryKey, byte[]> dentryCache() {
        return dentries;
    }

    IgniteCache<Long, byte[]> inodeCache() {
        return inodes;
    }

    IgniteCache<String, byte[]> operationCache() {
        return operations;
    }

    IgniteCache<BlockKey, byte[]> blockCache() {
        return blocks;
    }

    // Where keys live.

    int partitions() {
        return affinity.partitions();
    }

    int partition(long id) {
        return Ids.partition(id, affinity.partitions());
    }

    boolean isPrimary(long id) {
        return localNode.equals(affinity.mapPartitionToNode(partition(id)));
    }

    boolean hasCopy(long id) {
        return affinity.mapPartitionToPrimaryAndBackups(partition(id)).contains(localNode);
    }

    /** Those of which this node has a copy, as the primary or for it. */
    int[] ownPartitions() {
        return affinity.allPartitions(localNode);
    }

    /** The runs of nodes that are in the grid. */
    Set<UUID> servers() {
        return ignite.cluster().forServers().nodes().stream()
                .map(ClusterNode::id)
                .collect(Collectors.toSet());
    }

    /** @throws GridException UNAVAILABLE where no node has the partition of an id now */
    void requireThere(long id) {
        int partition = partition(id);
        if (dentries.lostPartitions().contains(partition)) {
            throw IgniteErrors.lost("partition " + partition + " of " + dentries.getName(), null);
        }
    }

    int[] primaryPartitions() {
        return affinity.primaryPartitions(localNode);
    }

    /** What a key has that lies with an id; of a single copy there is nothing to wait for. */
    private <K> byte @Nullable [] settled(IgniteCache<K, byte[]> cache, K key, long home) {
        Collection<ClusterNode> copies = affinity.mapPartitionToPrimaryAndBackups(partition(home));
        if (copies.size() < 2) {
            return cache.get(key);
        }
        return copies.contains(localNode) ? Settled.here(cache, key) : Settled.elsewhere(cache, key);
    }

    // Names.

    @Nullable
    Dentry dentry(long parentId, String name) {
        byte[] bytes = settled(dentries, DentryKey.of(parentId, name), parentId);
        return bytes == null ? null : Dentry.decode(bytes);
    }

    void link(long parentId, String name, Dentry dentry) {
        dentries.put(DentryKey.of(parentId, name), dentry.encode());
    }

    void unlink(long parentId, String name) {
        dentries.remove(DentryKey.of(parentId, name));
    }

    /**
     * The names of a directory from the last one on, in order, at most so many; on its primary alone.
     *
     * @throws StaleException where this node is not, or no longer, the primary
     */
    List<NameIndex.Named> names(long directoryId, @Nullable String startAfter, int limit) {
        requirePrimary(directoryId);
        List<NameIndex.Named> page = names.page(directoryId, partition(directoryId), startAfter, limit);
        requirePrimary(directoryId);
        return page;
    }

    ListedPages listed() {
        return listed;
    }

    /** @throws StaleException where this node is not the primary of an id */
    void requirePrimary(long id) {
        if (!isPrimary(id)) {
            throw new StaleException("partition " + partition(id) + " has moved");
        }
    }

    @Nullable
    Guard guard(long directoryId) {
        byte[] bytes = dentries.get(DentryKey.guard(directoryId));
        return bytes == null ? null : Guard.decode(bytes);
    }

    void guard(long directoryId, Guard guard) {
        dentries.put(DentryKey.guard(directoryId), guard.encode());
    }

    void dropGuard(long directoryId) {
        dentries.remove(DentryKey.guard(directoryId));
    }

    // Inodes.

    @Nullable
    Inode inode(long id) {
        byte[] bytes = raw(id);
        return bytes == null ? null : Inode.decode(bytes);
    }

    List<byte @Nullable []> inodes(List<Long> ids) {
        return ordered(inodes, ids);
    }

    /** In the order of the keys, with null for what is not there. */
    private static <K> List<byte @Nullable []> ordered(IgniteCache<K, byte[]> cache, List<K> keys) {
        Map<K, byte[]> found = keys.isEmpty() ? Map.of() : cache.getAll(Set.copyOf(keys));
        List<byte @Nullable []> ordered = new ArrayList<>(keys.size());
        for (K key : keys) {
            ordered.add(found.get(key));
        }
        return ordered;
    }

    /** Stores it, counted for what it is to count for. */
    void inode(long id, Inode inode) {
        inodes.put(id, counted(id, inode).changed().encode());
        expiries.note(id, inode);
    }

    /**
     * Stores it as it was written down: that does not count as a change. It counts for what is there counts for; a quota that it has is
     * counted anew.
     */
    void rewritten(long id, Inode inode) {
        Inode there = stored(id);
        Charge charge = there == null ? Charge.NONE : there.charge();
        Charge written = inode.charge();
        if (written.own() != 0 && charge.own() == 0) {
            long own = Ids.beside(id); // what lies about from before was not counted for this one
            charge = charge.owning(own, written.limits()).settling(own);
            charging.quota(own, Quota.counting(id, written.limits()));
        }
        inodes.put(id, counted(id, inode.charged(charge)).encode());
        expiries.note(id, inode);
    }

    void dropInode(long id) {
        Inode before = stored(id);
        if (before != null) {
            charging.gone(partition(id), before.charge());
            expiries.drop(id, before);
        }
        inodes.remove(id);
    }

    /** What was read of it in the transaction; only what counts for something, or is to, needs it. */
    private Inode counted(long id, Inode inode) {
        if (inode.charge().isNone()) {
            return inode;
        }
        Charge after = inode.charge().counting(inode);
        if (inode.charge().counts()) {
            Inode before = stored(id);
            charging.change(partition(id), before == null ? Charge.NONE : before.charge(), after);
        }
        return inode.charged(after);
    }

    private @Nullable Inode stored(long id) {
        byte[] row = inodes.get(id);
        return row == null ? null : Inode.decode(row);
    }

    Charging charging() {
        return charging;
    }

    Expiries expiries() {
        return expiries;
    }

    /** As it is stored: an inode not decoded, or the value of one of the few keys that are none. */
    byte @Nullable [] raw(long id) {
        return settled(inodes, id, id);
    }

    void raw(long id, byte[] value) {
        inodes.put(id, value);
    }

    // Bytes and blocks.

    byte @Nullable [] inline(long fileId) {
        return inline.get(fileId);
    }

    void inline(long fileId, byte[] bytes) {
        inline.put(fileId, bytes);
    }

    void dropInline(long fileId) {
        inline.remove(fileId);
    }

    @Nullable
    BlockRecord block(BlockKey key) {
        byte[] bytes = blocks.get(key);
        return bytes == null ? null : BlockCodec.decode(bytes);
    }

    List<byte @Nullable []> blocks(List<BlockKey> keys) {
        return ordered(blocks, keys);
    }

    void block(BlockRecord block) {
        blocks.put(new BlockKey(block.fileId(), block.id().value()), BlockCodec.encode(block));
    }

    void dropBlock(BlockKey key) {
        blocks.remove(key);
    }

    // What is to be taken back, and what was done.

    @Nullable
    Doomed doomed(long id) {
        byte[] bytes = doomed.get(id);
        return bytes == null ? null : Doomed.decode(bytes);
    }

    void doomed(long id, Doomed why) {
        doomed.put(id, why.encode());
    }

    void dropDoomed(long id) {
        doomed.remove(id);
    }

    byte @Nullable [] operation(String id) {
        return operations.get(id);
    }

    void operation(String id, byte[] outcome) {
        operations.put(id, outcome);
    }

    void dropOperation(String id) {
        operations.remove(id);
    }
}
