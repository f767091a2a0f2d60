package io.swarmgrid.storage.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.storage.block.BlockReader;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.replica.BlockStream;
import io.swarmgrid.storage.replica.DataPath;
import io.swarmgrid.storage.replica.RemoteBlocks;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one block from whoever has it: this node first, then the others, those of its zone before the rest. A copy that
 * turned out bad is reported once another holder has given the bytes: as long as nobody has, it may be the last one.
 * Thread-safe.
 */
final class BlockAccess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BlockAccess.class);

    private final Context context;

    private final Set<String> bad = ConcurrentHashMap.newKeySet();

    @GuardedBy("this")
    private BlockRecord record;

    @GuardedBy("this")
    private @Nullable BlockReader local;

    /** A stream from a peer that stands where the last read ended. */
    @GuardedBy("this")
    private @Nullable Ahead ahead;

    /** What all blocks of a reader share. */
    record Context(DataPath path, FileMetadata metadata, CallContext call, Suspects suspects) {}

    private record Ahead(String node, long epoch, BlockStream stream) {}

    private record Failure(String node, long epoch, GridException error) {
        /** The copy itself is bad or gone, not the way to it. */
        boolean isOfTheCopy() {
            return error.code() == ErrorCode.CORRUPT_DATA || error.code() == ErrorCode.NOT_FOUND;
        }
    }

    BlockAccess(Context context, BlockRecord record) {
        this.context = context;
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
            BlockRecord current = context.metadata.block(known.fileId(), known.id());
            synchronized (this) {
                record = current;
            }
            bytes = readAny(current, from, length, onward, failures);
        }
        if (bytes == null) {
            throw failed(known, failures);
        }
        failures.forEach(this::report);
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
    }

    private synchronized BlockRecord record() {
        return record;
    }

    private @Nullable ByteBuf readAny(
            BlockRecord known, long from, int length, boolean onward, List<Failure> failures) {
        for (Replica holder : ordered(known)) {
            try {
                if (holder.node().equals(context.path.here())) {
                    return local(known, holder).read(from, length);
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
                    context.suspects.add(holder.node());
                }
                failures.add(failure);
            }
        }
        return null;
    }

    private List<Replica> ordered(BlockRecord known) {
        List<Replica> holders = new ArrayList<>(known.holders());
        holders.sort(Comparator.comparingInt(this::distance));
        return holders;
    }

    private int distance(Replica holder) {
        if (bad.contains(holder.node())) {
            return 4;
        }
        if (holder.node().equals(context.path.here())) {
            return 0;
        }
        Optional<GridNodeInfo> node = context.path.nodes().find(holder.node());
        if (node.isEmpty() || context.suspects.has(holder.node())) {
            return 3;
        }
        return node.get().zone().equals(context.path.nodes().local().zone()) ? 1 : 2;
    }

    private BlockReader local(BlockRecord known, Replica holder) {
        BlockReader reader;
        synchronized (this) {
            reader = local;
        }
        if (reader != null && reader.block().epoch() == holder.epoch()) {
            return reader;
        }
        BlockReader opened = context.path.blocks().open(known.id(), holder.epoch());
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
            GridNodeInfo node = context.path
                    .nodes()
                    .find(holder.node())
                    .orElseThrow(() ->
                            new GridException(ErrorCode.UNAVAILABLE, "node=" + holder.node() + " is not in the grid"));
            long to = onward ? known.lengthBytes() : from + length;
            stream = BlockStream.open(context.path, context.call, node, known.id(), holder.epoch(), from, to);
        }
        ByteBuf bytes = null;
        boolean good = false;
        try {
            bytes = context.path.buffers().take(length);
            stream.read(bytes, length);
            good = true;
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

    private void report(Failure failure) {
        if (!failure.isOfTheCopy()) {
            return;
        }
        BlockRecord known = record();
        LOG.warn(
                "bad copy of a block: block={} node={} error={}", known.id(), failure.node, failure.error.getMessage());
        try {
            boolean given = context.metadata.reportBad(known.fileId(), known.id(), failure.node, failure.epoch);
            if (given && failure.error.code() == ErrorCode.CORRUPT_DATA) {
                putAside(known, failure);
            }
        } catch (GridException e) {
            LOG.warn("cannot report a bad copy: block={} node={} error={}", known.id(), failure.node, e.getMessage());
        }
    }

    private void putAside(BlockRecord known, Failure failure) {
        DataPath path = context.path;
        if (failure.node.equals(path.here())) {
            path.blocks().quarantineIfBad(known.id(), failure.epoch);
            return;
        }
        Optional<GridNodeInfo> node = path.nodes().find(failure.node);
        if (node.isPresent()) {
            new RemoteBlocks(path).quarantine(context.call, node.get(), known.id(), failure.epoch);
        }
    }

    private static GridException failed(BlockRecord known, List<Failure> failures) {
        boolean allCorrupt = !failures.isEmpty();
        StringBuilder text = new StringBuilder("no copy of block=" + known.id() + " can be read:");
        GridException last = null;
        for (Failure failure : failures) {
            allCorrupt &= failure.error.code() == ErrorCode.CORRUPT_DATA;
            text.append(" node=").append(failure.node).append(" (");
            text.append(failure.error.getMessage()).append(')');
            last = failure.error;
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
