package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.SealedBlock;
import java.util.List;
import java.util.Set;

/**
 * What a writer and a reader of files ask of the metadata. Every method is one transaction, thread-safe, and throws
 * {@link io.swarmgrid.client.GridException} (NO_QUORUM where this node may not decide, UNAVAILABLE while the grid is not
 * active).
 */
public interface FileMetadata {
    /**
     * Opens a new file for writing; nobody sees it before {@link #commit}.
     *
     * @throws io.swarmgrid.client.GridException ALREADY_EXISTS, NOT_FOUND (a parent), NOT_A_DIRECTORY, OVERLOADED (too
     *     many open writers)
     */
    OpenFile begin(GridPath path, PutOptions options);

    /**
     * Allocates the next block: chooses its chain of holders (at least one) among the nodes that can take it.
     *
     * @param avoid names of nodes that just failed this writer
     * @throws io.swarmgrid.client.GridException NO_SPACE when no node has room, LEASE_LOST
     */
    BlockRecord allocate(OpenFile file, long offset, Set<String> avoid);

    /**
     * Goes on with an open block on fewer holders under the next epoch.
     *
     * @param survivors the chain to go on with, a subset of the present one, in order
     * @return the record with its new epoch, which survivors persist before they take another byte
     */
    BlockRecord bumpEpoch(OpenFile file, BlockId block, List<String> survivors);

    /** Records that a block is complete on {@code holders}. */
    BlockRecord seal(OpenFile file, SealedBlock block, List<String> holders);

    /**
     * Makes the file visible with these blocks, all sealed, in order, in one transaction; an existing file is replaced
     * (its blocks are reclaimed in the background) if the options say so.
     *
     * @throws io.swarmgrid.client.GridException ALREADY_EXISTS, LEASE_LOST, UNKNOWN_OUTCOME when the answer was lost:
     *     ask again with the same put id
     */
    FileStatus commit(OpenFile file, List<BlockId> blocks);

    /** Makes a small file visible, its bytes kept in the metadata: begin and commit in one transaction. */
    FileStatus putInline(GridPath path, PutOptions options, byte[] bytes);

    /** Gives the file up: nothing of it stays. Idempotent. */
    void abandon(OpenFile file);

    /** @throws io.swarmgrid.client.GridException NOT_FOUND, IS_A_DIRECTORY */
    FileLayout layout(GridPath path);

    /** The same by identity, also of a file in the trash that is not reclaimed yet: what a ticket pins. NOT_FOUND. */
    FileLayout layout(long fileId);

    /** The current record of a block, for a reader whose holders all failed. */
    BlockRecord block(long fileId, BlockId block);

    /** A reader found this copy damaged or missing: it is taken out of the holders and the repair starts. */
    void reportBad(long fileId, BlockId block, String node, long epoch);
}
