package io.swarmgrid.storage.door;

import io.grpc.ServerCall;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.bytes.LentBlock;
import io.swarmgrid.client.bytes.LentBlocks;
import io.swarmgrid.client.bytes.MachineId;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.storage.block.Loan;
import io.swarmgrid.storage.file.FileReader;
import io.swarmgrid.storage.file.FileStore;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.replica.DataPath;
import io.swarmgrid.storage.replica.Loans;
import io.swarmgrid.storage.replica.ServedCall;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One LendBlocks call: lends some blocks of a file to a reader on this machine until the reader ends the call, or was given time
 * enough to open them.
 */
final class BlockLender extends ServerCall.Listener<Frame> {
    private static final Logger LOG = LoggerFactory.getLogger(BlockLender.class);
    /** So many at a time: a reader that goes on asks again. */
    private static final int MAX_BLOCKS = 8;
    /** Of files that have none, which are smaller. */
    private static final int MAX_PARTS = 32;

    private static final byte[] NO_CHECKSUMS = {};

    private final ServedCall call;
    private final FileStore files;
    private final DataPath path;
    private final Loans loans;

    BlockLender(ServedCall call, FileStore files, DataPath path) {
        this.call = call;
        this.files = files;
        this.path = path;
        this.loans = new Loans(call);
    }

    @Override
    public void onMessage(Frame frame) {
        try {
            if (!(frame instanceof Frame.Control control) || loans.isEnded()) {
                throw new GridException(ErrorCode.CORRUPT_INPUT, "a loan takes one question");
            }
            answer(control.as(FileRead.class));
        } catch (RuntimeException | Error e) {
            loans.end();
            call.fail(e);
        } finally {
            frame.release();
        }
    }

    @Override
    public void onCancel() {
        call.cancelled();
        loans.end();
    }

    @Override
    public void onComplete() {
        loans.end();
    }

    private void answer(FileRead read) {
        if (!path.config().shortCircuit() || !call.isFromHere()) {
            throw new GridException(ErrorCode.UNSUPPORTED, "no blocks are lent to this reader: " + read.path());
        }
        List<LentBlock> blocks = new ArrayList<>();
        try (FileReader file = FileSender.opened(call, files, read)) {
            long from = read.offset() == null ? 0 : read.offset();
            long end = read.lengthBytes() == null ? file.lengthBytes() : from + read.lengthBytes();
            FileLayout layout = file.layout();
            for (int i = 0; i < layout.blocks().size() && blocks.size() < MAX_BLOCKS; i++) {
                BlockRecord block = layout.blocks().get(i);
                long behind = block.offset() + layout.usedBytes(i);
                if (behind > from && block.offset() < end) {
                    blocks.add(lend(file, block, behind));
                }
            }
            for (FileReader.Part part :
                    file.lendParts(from, Math.min(end, file.lengthBytes()), MAX_PARTS, loans::add)) {
                blocks.add(lent(part));
            }
        }
        loans.expireSoon(read.path());
        call.send(Frame.Control.of(new LentBlocks(MachineId.own().orElse(null), blocks)));
    }

    private LentBlock lend(FileReader file, BlockRecord block, long behind) {
        LentBlock lent = lent(loan(file, block), block.offset(), behind);
        if (lent != null) {
            return lent;
        }
        List<String> holders = block.holders().stream()
                .map(holder -> path.nodes().find(holder.node()).map(GridNodeInfo::location))
                .flatMap(Optional::stream)
                .toList();
        return new LentBlock(block.offset(), behind, block.lengthBytes(), null, null, NO_CHECKSUMS, holders);
    }

    /** What is not near now is sent by this node, which brings it. */
    private static LentBlock lent(FileReader.Part part) {
        LentBlock lent = lent(part.loan(), part.offset(), part.endOffset());
        return lent != null
                ? lent
                : new LentBlock(
                        part.offset(),
                        part.endOffset(),
                        part.endOffset() - part.offset(),
                        null,
                        null,
                        NO_CHECKSUMS,
                        List.of());
    }

    private static @Nullable LentBlock lent(@Nullable Loan loan, long offset, long behind) {
        try {
            String key = loan == null ? null : MachineId.fileKey(loan.file());
            return loan == null || key == null
                    ? null
                    : new LentBlock(
                            offset,
                            behind,
                            loan.lengthBytes(),
                            loan.file().toString(),
                            key,
                            loan.checksums(),
                            List.of());
        } catch (IOException e) {
            LOG.warn("cannot lend what lies here: offset={} reason={}", offset, e.toString());
            return null;
        }
    }

    private @Nullable Loan loan(FileReader file, BlockRecord block) {
        Loan near = near(block);
        if (near != null) {
            loans.add(near);
            gave(block);
            return near;
        }
        for (Replica holder : block.holders()) {
            if (holder.durable() && holder.node().equals(path.here())) {
                try {
                    Loan loan = path.blocks().lend(block.id(), holder.epoch());
                    loans.add(loan);
                    if (block.state() == BlockState.SEALED && isDemand()) {
                        path.near().readHere(block.sealed(), path.blocks());
                    }
                    gave(block);
                    return loan;
                } catch (GridException e) {
                    LOG.debug("does not lend a block: block={} reason={}", block.id(), e.getMessage());
                    if (e.code() == ErrorCode.CORRUPT_DATA || e.code() == ErrorCode.NOT_FOUND) {
                        lookAt(file, block);
                    }
                }
            }
        }
        return null;
    }

    private @Nullable Loan near(BlockRecord block) {
        if (block.state() != BlockState.SEALED) {
            return null;
        }
        try {
            Loan loan = path.near().lend(block.sealed());
            if (loan != null && isDemand()) {
                path.near().hit(block.sealed());
            }
            return loan;
        } catch (GridException e) {
            LOG.debug("does not lend a near copy: block={} reason={}", block.id(), e.getMessage());
            return null;
        }
    }

    /** What is lent is out of sight: it is taken to be read once. */
    private void gave(BlockRecord block) {
        if (block.state() == BlockState.SEALED && isDemand()) {
            path.demand().gave(block.fileId(), block.id(), block.lengthBytes(), block.lengthBytes());
        }
    }

    private boolean isDemand() {
        return !call.context().qos().equals(QosClass.BACKGROUND);
    }

    /** The reader may go to another node of its machine: a read through this one finds its copy bad, and has it repaired. */
    private static void lookAt(FileReader file, BlockRecord block) {
        try {
            file.read(block.offset(), 1).release();
        } catch (GridException e) {
            LOG.debug("cannot be read, either: block={} reason={}", block.id(), e.getMessage());
        }
    }
}
