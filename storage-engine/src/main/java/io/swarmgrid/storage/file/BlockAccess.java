package io.swarmgrid.storage.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.BlockReader;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.replica.BlockStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads one block from whoever has it: a near copy first, this node, then the others, those of its zone before the rest. A copy that
 * turned out bad is reported once another holder has given the bytes: as long as nobody has, it may be the last one.
 * Thread-safe.
 */
final class BlockAccess implements AutoCloseable {
    private final Holders holders;
    private final NearAccess near;

    private final Set<String> bad = ConcurrentHashMap.newKeySet();

    @GuardedBy("this")
    private BlockRecord record;

    @GuardedBy("this")
    private @Nullable BlockReader local;

    /** A stream from a peer that stands where the last read ended. */
    @GuardedBy("this")
    private @Nullable Ahead ahead;

    private record Ahead(String node, long epoch, BlockStream stream) {}

    BlockAccess(Holders holders, BlockRecord record) {
        this.holders = holders;
        this.near = new NearAccess(holders);
        this.record = record;
    }

    /**
     * Reads exactly {@code length} bytes.
     *
     * @param onward whether the bytes behind will be asked for next
     */
    ByteBuf read(long from, int length, boolean onward) {
        List<Failure> failures = new ArrayList<>();
        BlockRecord known = record();
        ByteBuf bytes = readAny(known, from, length, onward, failures);
        if (bytes == null) {
            BlockRecord current = holders.metadata().block(known.fileId(), known.id());
            synchronized (this) {
                record = current;
            }
            bytes = readAny(current, from, length, onward, failures);
        }
        if (bytes == null) {
            throw failed(known, failures);
        }
        BlockRecord latest = record();
        failures.forEach(failure -> holders.report(latest, failure));
        return bytes;
    }

    @Override
    public void close() {
        BlockReader reader;
        Ahead stream;
        synchronized (this) {
            reader = local;
            local = null;
            stream = ahead;
            ahead = null;
        }
        if (reader != null) {
            reader.close();
        }
        if (stream != null) {
            stream.stream.close();
        }
        near.close();
    }

    /** Whoever has begun with a copy of this node goes on with it. */
    private synchronized boolean isOpenHere() {
        return local != null;
    }

    private synchronized BlockRecord record() {
        return record;
    }

    private @Nullable ByteBuf readAny(
            BlockRecord known, long from, int length, boolean onward, List<Failure> failures) {
        if (!isOpenHere()) {
            ByteBuf bytes = near.read(known, from, length, onward);
            if (bytes != null) {
                return bytes;
            }
        }
        for (Replica holder : holders.ordered(known, bad)) {
            try {
                if (holder.node().equals(holders.path().here())) {
                    ByteBuf bytes = local(known, holder).read(from, length);
                    near.gave(known, length);
                    return bytes;
                }
                return remote(known, holder, from, length, onward);
            } catch (GridException e) {
                if (e.code() == ErrorCode.CANCELLED) {
                    throw e;
                }
                Failure failure = new Failure(holder.node(), holder.epoch(), e);
                if (failure.isOfTheCopy()) {
                    bad.add(holder.node());
                } else {
                    holders.suspects().add(holder.node());
                }
                failures.add(failure);
            }
        }
        return null;
    }

    private BlockReader local(BlockRecord known, Replica holder) {
        BlockReader reader;
        synchronized (this) {
            reader = local;
        }
        if (reader != null && reader.block().epoch() == holder.epoch()) {
            return reader;
        }
        BlockReader opened = holders.path().blocks().open(known.id(), holder.epoch());
        near.readHere(known);
        synchronized (this) {
            if (local == null) {
                local = opened;
                return opened;
            }
            reader = local;
        }
        opened.close();
        return reader;
    }

    private ByteBuf remote(BlockRecord known, Replica holder, long from, int length, boolean onward) {
        BlockStream stream = take(holder, from, length);
        if (stream == null) {
            long to = onward ? known.lengthBytes() : from + length;
            stream = BlockStream.openAny(
                    holders.path(),
                    holders.call(),
                    holders.node(holder),
                    known,
                    holder,
                    new BlockStream.Range(from, to));
        }
        ByteBuf bytes = null;
        boolean good = false;
        try {
            bytes = holders.path().buffers().take(length);
            stream.read(bytes, length);
            good = true;
            holders.path().near().readRemote(length);
            return bytes;
        } finally {
            if (!good && bytes != null) {
                bytes.release();
            }
            giveBack(holder, stream, good);
        }
    }

    private synchronized @Nullable BlockStream take(Replica holder, long from, int length) {
        Ahead candidate = ahead;
        if (candidate == null
                || !candidate.node.equals(holder.node())
                || candidate.epoch != holder.epoch()
                || candidate.stream.position() != from
                || candidate.stream.end() - from < length) {
            return null;
        }
        ahead = null;
        return candidate.stream;
    }

    private void giveBack(Replica holder, BlockStream stream, boolean good) {
        BlockStream spare = stream;
        if (good && stream.position() < stream.end()) {
            synchronized (this) {
                spare = ahead == null ? null : ahead.stream;
                ahead = new Ahead(holder.node(), holder.epoch(), stream);
            }
        }
        if (spare != null) {
            spare.close();
        }
    }

    static GridException failed(BlockRecord known, List<Failure> failures) {
        boolean allCorrupt = !failures.isEmpty();
        StringBuilder text = new StringBuilder("no copy of block=" + known.id() + " can be read:");
        GridException last = null;
        for (Failure failure : failures) {
            allCorrupt &= failure.error().code() == ErrorCode.CORRUPT_DATA;
            text.append(" node=").append(failure.node()).append(" (");
            text.append(failure.error().getMessage()).append(')');
            last = failure.error();
        }
        if (failures.isEmpty()) {
            text.append(" it has no holders");
        }
        ErrorCode code = allCorrupt ? ErrorCode.CORRUPT_DATA : ErrorCode.UNAVAILABLE;
        if (last != null && last.code() == ErrorCode.OVERLOADED) {
            code = ErrorCode.OVERLOADED;
        }
        return new GridException(code, text.toString(), last);
    }
}
