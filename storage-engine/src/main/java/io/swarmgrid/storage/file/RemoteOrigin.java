package io.swarmgrid.storage.file;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.cache.Origin;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.replica.BlockStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A block as its holders have it: where one is lost, or its copy is bad, the next one goes on. */
final class RemoteOrigin implements Origin {
    private final Holders holders;
    private final BlockRecord block;
    private final Deque<Replica> left;
    private final List<Failure> failures = new ArrayList<>();
    private @Nullable BlockStream stream;

    RemoteOrigin(Holders holders, BlockRecord block) {
        this.holders = holders;
        this.block = block;
        this.left = new ArrayDeque<>(holders.ordered(block, Set.of()));
    }

    @Override
    public void read(ByteBuf target, long from, int length) {
        int start = target.writerIndex();
        while (true) {
            Replica holder = left.peek();
            if (holder == null) {
                throw BlockAccess.failed(block, failures);
            }
            try {
                opened(holder, from).read(target, length);
                failures.forEach(failure -> holders.report(block, failure));
                failures.clear();
                return;
            } catch (GridException e) {
                if (e.code() == ErrorCode.CANCELLED) {
                    throw e;
                }
                Failure failure = new Failure(holder.node(), holder.epoch(), e);
                if (!failure.isOfTheCopy()) {
                    holders.suspects().add(holder.node());
                }
                failures.add(failure);
                target.writerIndex(start);
                close();
                left.remove();
            }
        }
    }

    @Override
    public void close() {
        BlockStream open = stream;
        stream = null;
        if (open != null) {
            open.close();
        }
    }

    private BlockStream opened(Replica holder, long from) {
        BlockStream open = stream;
        if (open == null) {
            open = BlockStream.openAny(
                    holders.path(),
                    holders.call(),
                    holders.node(holder),
                    block,
                    holder,
                    new BlockStream.Range(from, block.lengthBytes()));
            stream = open;
        }
        return open;
    }
}
