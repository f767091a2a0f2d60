package io.swarmgrid.client.data;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.StatusRuntimeException;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.BytesClient.OpenedBlock;
import io.swarmgrid.client.bytes.LentBlock;
import io.swarmgrid.client.bytes.LocalBlock;
import io.swarmgrid.client.grid.CallFailure;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FileRead;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The blocks of one file that are on nodes of this machine, opened as they are asked for. Whatever cannot be opened is left to
 * the nodes to send: nothing here is an error. Thread-safe.
 */
final class LocalBlocks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalBlocks.class);
    /** Below that, opening costs more than it saves. */
    private static final long MIN_FILE_BYTES = 128 << 10;

    private static final int MAX_OPEN = 32;
    /** Of the client's timeout, for a node that is asked to lend: the rest is for those that send. */
    private static final int SHARES = 4;

    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(1);

    private final GridClient client;
    private final Opened file;

    @GuardedBy("this")
    private boolean ended;

    /** By offset; the one used longest ago first. */
    @GuardedBy("this")
    private final Map<Long, LocalBlock> open = new LinkedHashMap<>(16, 0.75f, true);

    /** What is known of the file, by the offset at which it begins. */
    @GuardedBy("this")
    private final TreeMap<Long, Range> known = new TreeMap<>();

    /** Nodes that did not answer: not waited for a second time. As many as this machine has. */
    @GuardedBy("this")
    private final Set<String> silent = new HashSet<>();

    /**
     * A block's place in the file.
     *
     * @param near nodes of this machine from which it may be had; none where the bytes have to be sent
     */
    private record Range(long offset, long endOffset, List<String> near) {
        Range sent() {
            return new Range(offset, endOffset, List.of());
        }
    }

    LocalBlocks(GridClient client, Opened file) {
        this.client = client;
        this.file = file;
        this.ended = file.sizeBytes() < MIN_FILE_BYTES;
    }

    /**
     * A part of the file: what of it is in one block of this machine, or all of it from the nodes.
     *
     * @param wanted how much is sure to be used
     * @return the caller closes it
     */
    Pieces pieces(long from, long length, int wanted) {
        LocalBlock block = at(from);
        if (block == null) {
            return new RangeRead(client, file.read(from, length));
        }
        long end = Math.min(from + length, block.endOffset());
        return new LocalRead(client, file, this, block, from, end, wanted);
    }

    /** Whether the byte at a place can be read on this machine. */
    boolean has(long position) {
        LocalBlock block = at(position);
        if (block == null) {
            return false;
        }
        block.release();
        return true;
    }

    /**
     * The block that has the byte at a place.
     *
     * @return the caller releases it; null where the nodes have to be asked for the bytes
     */
    private synchronized @Nullable LocalBlock at(long position) {
        if (ended) {
            return null;
        }
        Range range = range(position);
        if (range == null) {
            range = firstSeen(position);
        }
        if (range == null) {
            ended = true;
            return null;
        }
        LocalBlock block = open.get(range.offset());
        if (block == null) {
            block = opened(range, position);
        }
        if (block != null) {
            block.retain();
        }
        return block;
    }

    /** Reads a block in place no more: it is not what it should be. */
    synchronized void giveUp(LocalBlock block) {
        Range range = known.get(block.offset());
        if (range != null) {
            known.put(range.offset(), range.sent());
        }
        LocalBlock opened = open.remove(block.offset());
        if (opened != null) {
            opened.release();
        }
    }

    @Override
    public synchronized void close() {
        ended = true;
        release();
    }

    /** Closes the files; what is read next opens them anew. */
    synchronized void release() {
        silent.clear();
        open.values().forEach(LocalBlock::release);
        open.clear();
    }

    @GuardedBy("this")
    private @Nullable Range range(long position) {
        Map.Entry<Long, Range> before = known.floorEntry(position);
        return before == null || before.getValue().endOffset() <= position ? null : before.getValue();
    }

    /** Null where no node of this machine is known, or it knows of no sealed block there. */
    @GuardedBy("this")
    private @Nullable Range firstSeen(long position) {
        for (String location : client.order(client.locations())) {
            if (client.bytes().isHere(location)) {
                ask(location, position);
                return range(position);
            }
        }
        return null;
    }

    @GuardedBy("this")
    private @Nullable LocalBlock opened(Range range, long position) {
        for (String location : range.near()) {
            ask(location, position);
            LocalBlock block = open.get(range.offset());
            if (block != null) {
                return block;
            }
        }
        known.put(range.offset(), range.sent());
        return null;
    }

    @GuardedBy("this")
    private void ask(String location, long position) {
        if (silent.contains(location)) {
            return;
        }
        FileRead rest = file.read(position, file.sizeBytes() - position);
        try {
            Duration patience = patience(client.options().timeout());
            client.connected(location, patience);
            client.bytes()
                    .open(location, client.newHeaders(), rest, patience)
                    .forEach(opened -> keep(location, opened));
        } catch (GridException | StatusRuntimeException e) {
            LOG.debug("reads nothing in place: path={} node={} error={}", file.path(), location, e.toString());
            ErrorCode code = CallFailure.of(e).error().code();
            if (code == ErrorCode.TIMEOUT || code == ErrorCode.UNAVAILABLE) {
                client.failed(location);
                silent.add(location);
            }
        }
    }

    private static Duration patience(Duration timeout) {
        Duration share = timeout.dividedBy(SHARES);
        Duration least = share.compareTo(LEAST_PATIENCE) < 0 ? LEAST_PATIENCE : share;
        return timeout.compareTo(least) < 0 ? timeout : least;
    }

    @GuardedBy("this")
    private void keep(String location, OpenedBlock opened) {
        LentBlock place = opened.block();
        LocalBlock block = opened.open();
        Range range = known.get(place.offset());
        if (range == null) {
            List<String> near = block != null
                    ? List.of(location)
                    : place.holders().stream()
                            .filter(holder -> !holder.equals(location))
                            .filter(client.bytes()::isHere)
                            .toList();
            known.put(place.offset(), new Range(place.offset(), place.endOffset(), near));
        }
        if (block == null) {
            return;
        }
        if (open.containsKey(place.offset()) || (range != null && range.near().isEmpty())) {
            block.release();
            return;
        }
        open.put(place.offset(), block);
        makeRoom();
    }

    @GuardedBy("this")
    private void makeRoom() {
        Iterator<LocalBlock> eldest = open.values().iterator();
        while (open.size() > MAX_OPEN) {
            LocalBlock block = eldest.next();
            eldest.remove();
            block.release();
        }
    }
}
