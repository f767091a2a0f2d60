package io.swarmgrid.storage.namespace;

import io.swarmgrid.storage.block.BlockId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What repair asks of the metadata. The primary of a block's entry is its keeper. Thread-safe; every change is one
 * transaction on one key.
 */
public interface BlockCensus {
    /**
     * Hands over every block whose keeper is this node, from partitions that it owns; a bounded page at a time. Those that are not
     * sealed are their writers', and only where they are is of interest.
     *
     * @return whether that was all: a partition that is on no node now, or a record that cannot be read, is left out
     */
    boolean walk(Consumer<BlockRecord> each);

    /** The name of the keeper of a block, as far as this node knows; empty where it has none now. */
    Optional<String> keeper(long fileId, BlockId block);

    /**
     * Records a copy that was verified, beside what is recorded of the node. False, and nothing changed, where the block is gone or has
     * another epoch.
     */
    boolean addHolder(long fileId, BlockId block, Replica replica);

    /**
     * Gives up a durable copy, and what else is recorded of the node, unless that left fewer than {@code keepLive} durable holders among {@code live} nodes.
     *
     * @param live who counts as having a copy: not who is merely recorded
     * @return whether it is no longer recorded
     */
    boolean dropHolder(long fileId, BlockId block, String node, Set<String> live, int keepLive);

    /** Gives up a near copy; a durable one of the node stays. Nothing to do where none is recorded. */
    void dropNear(long fileId, BlockId block, String node);

    /** A durable copy of a block on one node, as its block directory has it. */
    record Copy(long fileId, BlockId block, long epoch) {}

    /**
     * A copy that is not recorded.
     *
     * @param block what it is a copy of, sealed and of the same epoch; empty where nobody can want it, since there is no such block
     *     or it has another epoch
     */
    record Unnamed(Copy copy, Optional<BlockRecord> block) {}

    /**
     * Which of these durable copies on a node are not recorded. Authoritative (reads the primaries); throws rather than guess where a
     * partition cannot be read, and leaves out those of one that is on no node now.
     */
    List<Unnamed> unnamed(String node, Collection<Copy> copies);

    /** Which of these near copies on a node are not recorded; otherwise as {@link #unnamed}. */
    List<Copy> unnamedNear(String node, Collection<Copy> copies);

    /**
     * Looks for these blocks in the records of the whole grid, since it is not known of which files they are. For the few of which a node
     * knows no more: it costs each keeper a look at all its records.
     *
     * @param found takes the record of each that has one, open or sealed
     * @return whether every record could be looked at: otherwise one that was not found may have one
     */
    boolean named(Set<BlockId> blocks, Consumer<BlockRecord> found);

    /** Takes visible files whose writers are lost, to have them closed. */
    @FunctionalInterface
    interface LeftFiles {
        /** @param leaseEpoch of the lease that has ended: under a later one the file has a writer again */
        void found(long fileId, long leaseEpoch);
    }

    /**
     * Takes back, a bounded number at a time, what no caller can reach any more and whose keeper is this node: files in
     * the trash past {@code storage.trash-grace}, and unfinished files whose writer's lease is dead.
     *
     * @param live names of the live nodes: a lease dies with the node that holds it
     * @param gone takes each block whose record was removed, so that its holders can be told
     * @param writerless takes each visible file whose writer's lease is dead, so that it is closed; named again as long as it
     *     is not. A writer who may go on through another node has the duration of a lease for that
     * @return how many files and directories were taken back; 0 where nothing is left that is due
     */
    int reclaim(Set<String> live, Consumer<BlockRecord> gone, LeftFiles writerless);
}
