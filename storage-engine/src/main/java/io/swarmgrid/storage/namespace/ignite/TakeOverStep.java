package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Comeback;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Writerless;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Takes an open, visible file from its writer, who is fenced from then on: for good, or until he says who he is. Answers what there
 * is of it.
 */
final class TakeOverStep extends ChangeStep {
    private static final long serialVersionUID = 1L;

    private final long fileId;
    private final String node;
    private final UUID run;
    private final long nowMs;
    private final boolean forGood;

    TakeOverStep(long fileId, Lease taker, Comeback comeback, long nowMs) {
        super(null);
        this.fileId = fileId;
        this.forGood = comeback == Comeback.REFUSED;
        this.node = taker.node();
        this.run = taker.run();
        this.nowMs = nowMs;
    }

    @Override
    byte[] change(Tables tables) {
        Inode inode = tables.inode(fileId);
        Doomed doomed = tables.doomed(fileId);
        if (inode == null
                || doomed == null
                || doomed.lease() == null
                || !inode.content().isVisible()) {
            if (inode != null && forGood && inode.content().writer().mayGoOn()) {
                tables.inode(fileId, inode.holding(inode.content().by(Writer.NONE)));
            }
            return new RecordWriter(8).flag(false).done();
        }
        Inode.Content content = inode.content();
        Lease before = Objects.requireNonNull(content.lease(), "open without a lease");
        Lease lease = new Lease(node, run, before.epoch() + 1);
        Inode.Content leased = content.leased(lease);
        Inode taken = inode.holding(forGood ? leased.by(Writer.NONE) : leased);
        tables.inode(fileId, taken);
        tables.doomed(fileId, Doomed.unlessCommitted(nowMs, lease));
        return answer(tables, fileId, taken);
    }

    /** What {@link #decode} reads: a file that somebody has the lease of, and its blocks. */
    static byte[] answer(Tables tables, long fileId, Inode taken) {
        RecordWriter out = new RecordWriter(512).flag(true);
        out.text(LayoutStep.pathOf(tables, taken)).octets(taken.encode());
        Inode.Content content = taken.content();
        for (byte[] block : tables.blocks(content.keys(fileId, content.blocks()))) {
            out.optionalOctets(block);
        }
        return out.done();
    }

    static @Nullable Writerless decode(byte[] bytes, long fileId) {
        RecordReader in = new RecordReader(bytes);
        if (!in.flag()) {
            return null;
        }
        Taken file = new Taken(in.text(), Inode.decode(in.octets()));
        Inode.Content content = file.inode.content();
        List<BlockRecord> blocks = new ArrayList<>();
        for (int i = 0; i < content.blocks().size(); i++) {
            byte[] block = in.optionalOctets();
            if (block == null && i < content.shown()) {
                throw new GridException(ErrorCode.CORRUPT_DATA, "a block has no record: " + file.path);
            }
            if (block != null) {
                blocks.add(content.placed(BlockCodec.decode(block)));
            }
        }
        Lease lease = Objects.requireNonNull(content.lease(), "open without a lease");
        OpenFile open = new OpenFile(
                fileId,
                GridPath.parse(file.path),
                PutOptions.create(file.inode.rights().owner()),
                lease.epoch(),
                file.inode.storing().replicas(),
                file.inode.storing().durability(),
                true);
        return new Writerless(open, blocks, content.shown(), content.lengthBytes());
    }

    private record Taken(String path, Inode inode) {}
}
