package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.SealedBlock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a writer and a reader of files ask of the metadata. Every method is one transaction, thread-safe, and throws
 * {@link io.swarmgrid.client.GridException} (NO_QUORUM where this node may not decide, UNAVAILABLE while the grid is not
 * active).
 */
public interface FileMetadata {
    /** How many files {@link #putMany} takes. */
    int MAX_SMALL_FILES = 128;

    /**
     * Opens a new file for writing; nobody sees it before {@link #commit}.
     *
     * @throws io.swarmgrid.client.GridException ALREADY_EXISTS, NOT_FOUND (a parent), NOT_A_DIRECTORY, OVERLOADED (too
     *     many open writers)
     */
    OpenFile begin(GridPath path, PutOptions options);

    /**
     * Makes a file that is visible at once, empty and open for its writer: no second one can be made of the same name, and an
     * existing one is replaced now if the options say so.
     *
     * @throws io.swarmgrid.client.GridException as {@link #begin}
     */
    OpenFile create(GridPath path, PutOptions options);

    /**
     * Opens a closed file for writing again; readers see it as it was until more is shown.
     *
     * @param fileId of the file that is meant; null for whichever is there
     * @throws io.swarmgrid.client.GridException NOT_FOUND, IS_A_DIRECTORY, PRECONDITION_FAILED where somebody writes it,
     *     CONFLICT where another file is there than the one that is meant, OVERLOADED (too many open writers)
     */
    Reopened reopen(GridPath path, WriterId writer, @Nullable Long fileId);

    /** The same for whichever file is there. */
    default Reopened reopen(GridPath path, WriterId writer) {
        return reopen(path, writer, null);
    }

    /** The same for a writer that does not come back. */
    default Reopened reopen(GridPath path) {
        return reopen(path, WriterId.NONE);
    }

    /**
     * Gives a visible file back to its writer, whatever has become of the node that he wrote through; who had the lease until then is
     * fenced. Again and again, if he likes.
     *
     * @throws io.swarmgrid.client.GridException LEASE_LOST where the file was removed or replaced, or somebody else has opened it
     *     for writing since, or has had it recovered; OVERLOADED (too many open writers)
     */
    Resumed resume(long fileId, WriterId writer);

    /**
     * Lets readers see an open, visible file up to a length, which its holders keep from now on.
     *
     * @param blocks those that hold the bytes, in order; all but the last one sealed
     * @throws io.swarmgrid.client.GridException LEASE_LOST, also where the file was removed or replaced meanwhile
     */
    void show(OpenFile file, List<BlockId> blocks, long lengthBytes);

    /**
     * Takes an open, visible file from its writer, dead or alive, who is fenced from now on, and may not {@link #resume} it: somebody wants
     * to be sure that the file is what it is. Null where the file is closed or gone.
     */
    @Nullable
    Writerless takeOver(long fileId);

    /**
     * The same from a writer that was lost, as far as the grid can see, and may come back; null also where somebody has the file under another
     * lease by now.
     *
     * @param leaseEpoch of the lease that he was lost with
     */
    @Nullable
    Writerless takeOver(long fileId, long leaseEpoch);

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
     * Makes a put visible with these blocks, all sealed, in order, in one transaction; an existing file is replaced
     * (its blocks are reclaimed in the background) if the options say so.
     *
     * @throws io.swarmgrid.client.GridException ALREADY_EXISTS, LEASE_LOST, UNKNOWN_OUTCOME when the answer was lost:
     *     ask again with the same put id
     */
    FileStatus commit(OpenFile file, List<BlockId> blocks);

    /** Makes a small file visible, its bytes kept in the metadata: begin and commit in one transaction. */
    FileStatus putInline(GridPath path, PutOptions options, byte[] bytes);

    /**
     * Makes small files of one directory visible, all or none, their bytes kept in the metadata, in one transaction. What is missing above
     * them is made before.
     *
     * @param files at least one, at most {@link #MAX_SMALL_FILES}, each name once
     * @param options of each of them; none of them replaces one certain file
     * @throws io.swarmgrid.client.GridException as {@link #begin}, of the first that could not be made; INVALID_ARGUMENT for too many, a name
     *     twice, or a file that is larger than what is kept there
     */
    void putMany(GridPath directory, List<SmallFile> files, PutOptions options);

    /**
     * Makes an empty, closed file in a directory that is there, in one transaction.
     *
     * @throws io.swarmgrid.client.GridException ALREADY_EXISTS, NOT_FOUND (the directory), NOT_A_DIRECTORY
     */
    FileStatus createEmpty(GridPath path, PutOptions options);

    /**
     * Gives an empty, closed file its bytes, which are kept in the metadata, in one transaction. It stays the file that it is, whatever it is
     * called by now.
     *
     * @param modifiedMs when it was changed; null for now
     * @throws io.swarmgrid.client.GridException NOT_FOUND where it was removed; PRECONDITION_FAILED where it is not empty, or somebody
     *     writes it; INVALID_ARGUMENT where it is more than is kept there
     */
    FileStatus fill(long fileId, byte[] bytes, @Nullable Long modifiedMs, @Nullable OperationId operation);

    /**
     * Closes a visible file with these blocks, all sealed, in order, in one transaction. Of the last one it uses a part, where it
     * ends within that.
     *
     * @throws io.swarmgrid.client.GridException LEASE_LOST, also where the file was removed or replaced meanwhile
     */
    FileStatus close(OpenFile file, List<BlockId> blocks, long lengthBytes, Closing closing);

    /** The same where its writer says so. */
    default FileStatus close(OpenFile file, List<BlockId> blocks, long lengthBytes) {
        return close(file, blocks, lengthBytes, Closing.ENDED);
    }

    /** Closes a visible file that is small: its bytes are kept in the metadata. */
    FileStatus commitInline(OpenFile file, byte[] bytes, Closing closing);

    /** The same where its writer says so. */
    default FileStatus commitInline(OpenFile file, byte[] bytes) {
        return commitInline(file, bytes, Closing.ENDED);
    }

    /**
     * Opens a put that never becomes visible by itself: its blocks become those of a file that others are joined to.
     *
     * @param target that file, which it shares its copies and durability with
     * @throws io.swarmgrid.client.GridException CONFLICT where the target is gone, OVERLOADED (too many open writers)
     */
    OpenFile beginPart(FileLayout target);

    /**
     * Joins files in one transaction. No block moves, and who reads a source goes on doing so.
     *
     * @throws io.swarmgrid.client.GridException CONFLICT where a file has changed since it was looked at, and nothing was done;
     *     PRECONDITION_FAILED where somebody writes one, or a source survives less than the target promises; INVALID_ARGUMENT for
     *     files of a dataset; UNKNOWN_OUTCOME when the answer was lost: ask again with the same operation
     */
    FileStatus concat(Concatenation order);

    /** The entry as it was right after the operation of that name, if one was done and is still remembered. */
    Optional<FileStatus> outcome(OperationId operation);

    /**
     * Gives the file up: nothing of a put stays; a visible file is closed by its keeper, with what readers saw of it at least.
     * Idempotent.
     */
    void abandon(OpenFile file);

    /** @throws io.swarmgrid.client.GridException NOT_FOUND, IS_A_DIRECTORY */
    FileLayout layout(GridPath path);

    /** The same by identity, also of a file in the trash that is not reclaimed yet: what a ticket pins. NOT_FOUND. */
    FileLayout layout(long fileId);

    /** The current record of a block, for a reader whose holders all failed. */
    BlockRecord block(long fileId, BlockId block);

    /**
     * A reader found this copy damaged or missing: it is taken out of the holders and the repair starts.
     *
     * @return whether it is none of them (any more); false where no other is recorded: then it stays, for most of its bytes may be good
     */
    boolean reportBad(long fileId, BlockId block, String node, long epoch);
}
