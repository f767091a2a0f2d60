package io.swarmgrid.storage.replica;

import io.grpc.ServerCall;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.bytes.MachineId;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.Loan;
import io.swarmgrid.storage.block.StoredBlock;
import java.io.IOException;

/** One LendBlock call: lets another node of this machine open the file of a block. */
final class NearLender extends ServerCall.Listener<Frame> {
    private final ServedCall call;
    private final DataPath path;
    private final Loans loans;

    NearLender(ServedCall call, DataPath path) {
        this.call = call;
        this.path = path;
        this.loans = new Loans(call);
    }

    @Override
    public void onMessage(Frame frame) {
        try {
            if (!(frame instanceof Frame.Control control)) {
                throw new GridException(ErrorCode.CORRUPT_INPUT, "a question about a block was expected");
            }
            lend(control.as(BlockMessages.Lend.class));
        } catch (IOException e) {
            fail(new GridException(ErrorCode.UNAVAILABLE, "cannot lend a block: " + e.getMessage(), e));
        } catch (RuntimeException | Error e) {
            fail(e);
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

    private void lend(BlockMessages.Lend asked) throws IOException {
        if (!path.config().shortCircuit() || !call.isFromHere()) {
            throw new GridException(ErrorCode.UNSUPPORTED, "no block is lent to this node: block=" + asked.blockId());
        }
        BlockId id = BlockId.parse(asked.blockId());
        StoredBlock block = path.blocks()
                .find(id)
                .orElseThrow(() -> new GridException(ErrorCode.NOT_FOUND, "no such block here: block=" + id));
        Loan loan = path.blocks().lend(id, asked.epoch());
        loans.add(loan);
        String key = MachineId.fileKey(loan.file());
        if (key == null) {
            throw new GridException(ErrorCode.UNSUPPORTED, "a file system whose files have no keys: " + loan.file());
        }
        loans.expireSoon("block=" + id);
        call.send(Frame.Control.of(new BlockMessages.Lent(
                BlockMessages.BlockInfo.of(block),
                loan.file().toString(),
                key,
                MachineId.own().orElse(null))));
    }

    private void fail(Throwable failure) {
        loans.end();
        call.fail(failure);
    }
}
