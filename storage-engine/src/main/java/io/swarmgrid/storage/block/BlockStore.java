package io.swarmgrid.storage.block;

import io.swarmgrid.config.Durability;
import io.swarmgrid.config.Medium;
import java.util.List;
import java.util.Optional;

/** The blocks of this node. Thread-safe. */
public interface BlockStore extends AutoCloseable {
    /**
     * Begins a block; an older epoch of it that is here is dropped.
     *
     * @param reserveBytes room set aside for it until it is sealed or closed
     * @throws io.swarmgrid.client.GridException NO_SPACE (naming the tiers and what is free), PRECONDITION_FAILED where
     *     the same or a later epoch is here
     */
    BlockWriter create(BlockId id, long epoch, WayHome home, Durability durability, long reserveBytes);

    /** That much of a sealed copy. */
    record Beginning(long epoch, long lengthBytes) {}

    /**
     * Begins a sealed block that is here anew under a later epoch; what is here stays until that is sealed, and is back where it never
     * is: it may be the only copy. It is back as well where the block is {@link #settle}d before it is as long as {@code of} says.
     *
     * @throws io.swarmgrid.client.GridException NOT_FOUND where there is no sealed copy of the older epoch; and as {@link #create}
     */
    BlockWriter rewrite(BlockId id, Beginning of, long epoch, WayHome home, Durability durability, long reserveBytes);

    /**
     * Takes all of a sealed block to a later epoch, and needs no room for that.
     *
     * @throws io.swarmgrid.client.GridException NOT_FOUND where there is no sealed copy of the older epoch
     */
    SealedBlock raise(BlockId id, long olderEpoch, long epoch);

    /** All of a block that is there. */
    long ALL = -1;

    /**
     * Opens a block for reading: one that is sealed, or as much as there is now of one that is being written.
     *
     * @throws io.swarmgrid.client.GridException NOT_FOUND where there is no copy of this epoch
     */
    BlockReader open(BlockId id, long epoch);

    /**
     * Hands a sealed block to a reader on this machine; the caller closes the loan once the reader has opened the file.
     *
     * @throws io.swarmgrid.client.GridException NOT_FOUND where there is no sealed copy of this epoch; OVERLOADED where too much is
     *     lent; UNSUPPORTED where the file system cannot
     */
    Loan lend(BlockId id, long epoch);

    /**
     * Takes a block from whoever writes it here: it goes on under a later epoch, durably so, and is sealed.
     *
     * @param lengthBytes to which it is cut, or {@link #ALL}
     * @throws io.swarmgrid.client.GridException NOT_FOUND where there is none of it; CONFLICT where it is here and not
     *     open, as an older copy is that has come back instead
     */
    SealedBlock settle(BlockId id, long epoch, long lengthBytes);

    /**
     * The same, believing nothing that is in memory: the sidecar is read again, and both files must be plain, long
     * enough, and belong together.
     *
     * @throws io.swarmgrid.client.GridException NOT_FOUND where there is no sealed copy of this epoch, CORRUPT_DATA where
     *     its files are not what they were
     */
    BlockReader inspect(BlockId id, long epoch);

    /**
     * Puts a sealed block on the device that was only to outlive its process, and has it be what {@link Durability#POWER} says from then
     * on, as are the copies that are made of it. Others stay as they are.
     *
     * @throws io.swarmgrid.client.GridException NOT_FOUND where there is no sealed copy of this epoch; NO_SPACE, INTERNAL where
     *     the disk refuses
     */
    void harden(BlockId id, long epoch);

    Optional<StoredBlock> find(BlockId id);

    /** All blocks, sealed and open, from memory; a copy. */
    List<StoredBlock> list();

    /** Deletes a copy; false where there was none. Readers that have it open read on. */
    boolean delete(BlockId id, long epoch);

    /** Puts a bad copy aside for inspection (bounded; the oldest goes): it is no longer found. */
    void quarantine(BlockId id, long epoch);

    /**
     * The same, once reading all of it from the disk has shown that this very copy is bad: who says so may mean one that was
     * there before.
     */
    void quarantineIfBad(BlockId id, long epoch);

    /** What was moved between tiers since the start. */
    default TierMoves moves() {
        return TierMoves.NONE;
    }

    /** Of the tier where a sealed block lies; empty where there is none. */
    default Optional<Medium> mediumOf(BlockId id) {
        return Optional.empty();
    }

    /** Blocks that are to stay in their tiers. */
    default Stays stays() {
        return Stays.NONE;
    }

    /** Blocks that were found without a sidecar at the start, and of which nobody has said yet what is to become of them. */
    List<StrayBlock> strays();

    /**
     * Reads a block without a sidecar whole, and where it is what was sealed gives it one, so that it is found again. What is not is put
     * aside.
     *
     * @return false where it was not, or is none any more
     */
    boolean adopt(StrayBlock stray, SealedBlock seal, WayHome home);

    /** Deletes a block without a sidecar; false where it is none any more. */
    boolean dropStray(StrayBlock stray);

    /** What the blocks take, their sidecars included. */
    long usedBytes();

    /** What the tiers may hold, reserve taken off. */
    long capacityBytes();

    /** Room for new blocks: the least of capacity left and what the file systems have above the reserve. */
    long freeBytes();

    int blocks();

    @Override
    void close();
}
