package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.RecoverResult.Problem;
import io.swarmgrid.config.DataSize;
import java.util.Map;

/*
 * Names, and who has what, can only be put together where all of it is known, so it is held in one heap. A node whose heap
 * comes to its end is ended by its JVM before anybody is told why: so what is held is added up beforehand.
 */
/**
 * The part of this node's heap that a recovery or a restore may take, and what it has taken, as far as that can be told from what
 * is held. Confined to one thread.
 */
final class HeapShare {
    /* Measured, with all that is put together of it; a text takes a byte for each of its letters besides. */
    /** An entry, as what will be its place in the tree. */
    static final int HEAD_BYTES = 400;
    /** An entry with all that is known of it. */
    static final int INODE_BYTES = 600;
    /** The record of a block. */
    static final int BLOCK_BYTES = 200;
    /** A copy of a block on a node. */
    static final int COPY_BYTES = 250;

    private static final int PROBLEM_BYTES = 200;
    private static final int TEXT_BYTES = 56;
    private static final int ID_BYTES = 24;
    private static final long MEBIBYTE = 1 << 20;
    /** The rest is for what the node does besides, and for the collector. */
    private static final int PERCENT = 50;

    private final String what;
    private final long limitBytes;
    private long takenBytes;
    private long entries;
    private long copies;

    /** @param what takes it, as an error has it */
    HeapShare(String what, long limitBytes) {
        this.what = what;
        this.limitBytes = limitBytes;
    }

    static HeapShare ofThisNode(String what) {
        return new HeapShare(what, Runtime.getRuntime().maxMemory() / 100 * PERCENT);
    }

    /**
     * An entry of the namespace is to be held.
     *
     * @throws GridException PRECONDITION_FAILED where it does not fit any more
     */
    void entry(int bytes, String name) {
        entries++;
        take(bytes + name.length());
    }

    /** The same of one with its attributes. */
    void inode(Inode inode) {
        long texts = inode.link().name().length();
        for (Map.Entry<String, String> attribute : inode.attributes().entrySet()) {
            texts += 2L * TEXT_BYTES
                    + attribute.getKey().length()
                    + attribute.getValue().length();
        }
        entries++;
        take(INODE_BYTES + texts + (long) inode.content().blocks().size() * ID_BYTES);
    }

    /** The same of records of blocks. */
    void blocks(int count) {
        copies += count;
        take((long) count * BLOCK_BYTES);
    }

    /** The same of a copy of a block. */
    void copy(FoundBlock block) {
        copies++;
        take(COPY_BYTES + block.home().path().length());
    }

    /** The same of what an operator is to be told. */
    void problem(Problem problem) {
        take(PROBLEM_BYTES + problem.path().length());
    }

    long takenBytes() {
        return takenBytes;
    }

    private void take(long bytes) {
        takenBytes += bytes;
        if (takenBytes > limitBytes) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    what + " needs more than the " + DataSize.ofMebibytes(limitBytes / MEBIBYTE)
                            + " that it may take of this node's heap: " + entries + " entries and " + copies
                            + " records and copies of blocks were read so far",
                    null,
                    "start this node with a heap of more than "
                            + DataSize.ofMebibytes(limitBytes / PERCENT * 100 / MEBIBYTE)
                            + " (SWARM_JAVA_OPTS=-Xmx...), or ask a node that has more; nothing was changed",
                    null);
        }
    }
}
