package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Keeping;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says how a file is to be kept, in how many copies and with which near ones: in its inode, and in the records of a bounded number of
 * its blocks. The next step takes those that follow; a chain that breaks off is made whole by asking again. Of a directory, only which
 * near copies what is made in it has.
 */
final class KeepStep extends ChangeStep {
    private static final long serialVersionUID = 1L;
    private static final int BLOCKS = 500;
    private static final int AS_IT_IS = -1;

    private final long id;
    private final String path;
    private final int replicas;
    private final int nearCopies;
    private final @Nullable Medium near;
    private final int from;

    private KeepStep(long id, String path, int replicas, int nearCopies, @Nullable Medium near, int from) {
        super(null);
        this.id = id;
        this.path = path;
        this.replicas = replicas;
        this.nearCopies = nearCopies;
        this.near = near;
        this.from = from;
    }

    /** @param from the first of the file's blocks that this step changes */
    static KeepStep replicas(long id, String path, int replicas, int from) {
        return new KeepStep(id, path, replicas, AS_IT_IS, null, from);
    }

    /** The same of near copies. */
    static KeepStep near(long id, String path, Keeping keeping, int from) {
        return new KeepStep(id, path, AS_IT_IS, keeping.copies(), keeping.near(), from);
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
        if (!inode.isFile() && replicas != AS_IT_IS) {
            throw Problems.isDirectory(path);
        }
        Inode changed = changed(inode);
        if (!changed.equals(inode)) {
            tables.inode(id, changed);
        }
        List<BlockId> all = inode.content().blocks();
        int to = Math.min(all.size(), from + BLOCKS);
        for (byte[] record : tables.blocks(inode.content().keys(id, all.subList(Math.min(from, to), to)))) {
            if (record != null) {
                BlockRecord block = BlockCodec.decode(record);
                BlockRecord asked = asked(block, changed);
                if (!asked.equals(block)) {
                    tables.block(asked);
                }
            }
        }
        byte[] outcome = Outcome.of(changed.status(path, id));
        return new RecordWriter(outcome.length + 16)
                .count(to < all.size() ? to : 0)
                .octets(outcome)
                .done();
    }

    private Inode changed(Inode inode) {
        Inode changed = inode;
        if (replicas != AS_IT_IS && inode.storing().replicas() != replicas) {
            Inode.Storing before = inode.storing();
            changed = changed.stored(new Inode.Storing(replicas, before.durability(), before.spread()));
        }
        if (nearCopies != AS_IT_IS) {
            Keeping keeping = new Keeping(nearCopies, near);
            if (!Keeping.of(inode.attributes()).equals(keeping)) {
                Map<String, String> attributes = keeping.in(inode.attributes());
                AttributeStep.check(attributes, path);
                changed = changed.with(inode.kind(), attributes);
            }
        }
        return changed;
    }

    /** Of the two only what this step is about: the other may be changing, too, and be as far with other blocks. */
    private BlockRecord asked(BlockRecord block, Inode file) {
        return block.asked(
                replicas == AS_IT_IS ? block.replication() : replicas,
                nearCopies == AS_IT_IS ? block.keeping() : Keeping.of(file.attributes()));
    }

    static Done decode(byte[] bytes) {
        RecordReader in = new RecordReader(bytes);
        int next = (int) in.count();
        return new Done(Outcome.decode(in.octets()).entry(), next);
    }
}
