package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import java.util.List;

/**
 * Says how many copies of a file there should be: in its inode, and in the records of a bounded number of its blocks. The
 * next step takes those that follow; a chain that breaks off is made whole by asking again.
 */
final class ReplicationStep extends ChangeStep {
    private static final long serialVersionUID = 1L;
    private static final int BLOCKS = 500;

    private final long id;
    private final String path;
    private final int replicas;
    private final int from;

    /** @param from the first of the file's blocks that this step changes */
    ReplicationStep(long id, String path, int replicas, int from) {
        super(null);
        this.id = id;
        this.path = path;
        this.replicas = replicas;
        this.from = from;
    }

    /**
     * What a step did.
     *
     * @param next where the next step begins; 0 where all is done
     */
    record Done(FileStatus status, int next) {}

    @Override
    byte[] change(Tables tables) {
        Inode inode = tables.inode(id);
        if (inode == null) {
            throw new StaleException("removed meanwhile");
        }
        if (!inode.isFile()) {
            throw Problems.isDirectory(path);
        }
        Inode changed = inode;
        if (inode.storing().replicas() != replicas) {
            changed = inode.stored(new Inode.Storing(
                    replicas, inode.storing().durability(), inode.storing().spread()));
            tables.inode(id, changed);
        }
        List<BlockId> all = inode.content().blocks();
        int to = Math.min(all.size(), from + BLOCKS);
        for (byte[] record : tables.blocks(inode.content().keys(id, all.subList(Math.min(from, to), to)))) {
            BlockRecord block = record == null ? null : BlockCodec.decode(record);
            if (block != null && block.replication() != replicas) {
                tables.block(block.asked(replicas, block.keeping()));
            }
        }
        byte[] outcome = Outcome.of(changed.status(path, id));
        return new RecordWriter(outcome.length + 16)
                .count(to < all.size() ? to : 0)
                .octets(outcome)
                .done();
    }

    static Done decode(byte[] bytes) {
        RecordReader in = new RecordReader(bytes);
        int next = (int) in.count();
        return new Done(Outcome.decode(in.octets()).entry(), next);
    }
}
