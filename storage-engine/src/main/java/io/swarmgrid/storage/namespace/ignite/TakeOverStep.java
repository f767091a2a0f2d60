package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.storage.namespace.BlockRecord;
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
    private static final long ANY = Long.MIN_VALUE;

    private final long fileId;
    private final String node;
    private final UUID run;
    private final long nowMs;
    private final boolean forGood;
    /** Of the lease that it is taken from; {@link #ANY} for whichever there is. */
    private final long fromEpoch;

    private TakeOverStep(long fileId, Lease taker, long fromEpoch, long nowMs) {
        super(null);
        this.fileId = fileId;
        this.forGood = fromEpoch == ANY;
        this.fromEpoch = fromEpoch;
        this.node = taker.node();
        this.run = taker.run();
        this.nowMs = nowMs;
    }

    /** From whoever has it. */
    static TakeOverStep forGood(long fileId, Lease taker, long nowMs) {
        return new TakeOverStep(fileId, taker, ANY, nowMs);
    }

    /** From a writer who was lost with that lease: where he has come back since, or somebody else has, nothing is done. */
    static TakeOverStep lost(long fileId, Lease taker, long leaseEpoch, long nowMs) {
        return new TakeOverStep(fileId, taker, leaseEpoch, nowMs);
    }

    @Override
    byte[] change(Tables tables) {
        Inode inode = tables.inode(fileId);
        Doomed doomed = tables.doomed(fileId);
        if (inode == null
                || doomed == null
                || doomed.lease() == null
                || !inode.content().isVisible()
                || isAnothers(doomed.lease())) {
            if (inode != null && forGood && inode.content().writer().mayGoOn()) {
                tables.inode(fileId, inode.holding(inode.content().by(Writer.NONE)));
            }
            return new RecordWriter(8).flag(false).done();
        }
        Inode.Content content = inode.content();
        Lease before = Objects.requireNonNull(content.lease(), "open without a lease");
        if (!forGood && before.equals(next(fromEpoch))) {
            return answer(tables, fileId, inode); // by a first run of this step
        }
        Lease lease = next(before.epoch());
        Inode.Content leased = content.leased(lease);
        Inode taken = inode.holding(forGood ? leased.by(Writer.NONE) : leased);
        tables.inode(fileId, taken);
        tables.doomed(fileId, Doomed.unlessCommitted(nowMs, lease));
        return answer(tables, fileId, taken);
    }

    private Lease next(long epoch) {
        return new Lease(node, run, epoch + 1);
    }

    private boolean isAnothers(Lease lease) {
        return !forGood && lease.epoch() != fromEpoch && !lease.equals(next(fromEpoch));
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
