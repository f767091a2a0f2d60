package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.namespace.Resumed;
import io.swarmgrid.storage.namespace.WriterId;
import java.util.UUID;

/**
 * Gives a visible file back to its writer: whoever has the lease, the keeper or the writer himself through another node, is fenced from then
 * on. Answers what there is of it, or that it has ended as he wanted it.
 */
final class ResumeStep extends ChangeStep {
    private static final long serialVersionUID = 1L;

    private final long fileId;
    private final long writer;
    private final String node;
    private final UUID run;
    private final long epoch;
    private final long nowMs;

    /** @param lease with an epoch that no writer of the file had before */
    ResumeStep(long fileId, WriterId writer, Lease lease, long nowMs) {
        super(null);
        this.fileId = fileId;
        this.writer = writer.value();
        this.node = lease.node();
        this.run = lease.run();
        this.epoch = lease.epoch();
        this.nowMs = nowMs;
    }

    @Override
    byte[] change(Tables tables) {
        Inode inode = tables.inode(fileId);
        Doomed doomed = tables.doomed(fileId);
        if (inode == null || !inode.content().isVisible() || (doomed != null && doomed.lease() == null)) {
            throw Problems.removedWhileWritten("file " + fileId);
        }
        Inode.Content content = inode.content();
        Lease before = content.lease();
        if (writer == 0 || content.writer().id() != writer) {
            throw Problems.writtenByOthers(LayoutStep.pathOf(tables, inode));
        }
        if (before == null && content.writer().ended()) {
            return new RecordWriter(128)
                    .flag(true)
                    .octets(Outcome.of(inode.status(LayoutStep.pathOf(tables, inode), fileId)))
                    .done();
        }
        Lease lease = new Lease(node, run, epoch);
        Inode mine = inode;
        if (!lease.equals(before)) {
            mine = inode.holding(content.leased(lease));
            tables.inode(fileId, mine);
            tables.doomed(fileId, Doomed.unlessCommitted(nowMs, lease));
        }
        return new RecordWriter(512)
                .flag(false)
                .octets(TakeOverStep.answer(tables, fileId, mine))
                .done();
    }

    static Resumed decode(byte[] bytes, long fileId) {
        RecordReader in = new RecordReader(bytes);
        return in.flag()
                ? new Resumed(null, Outcome.decode(in.octets()).entry())
                : new Resumed(TakeOverStep.decode(in.octets(), fileId), null);
    }
}
