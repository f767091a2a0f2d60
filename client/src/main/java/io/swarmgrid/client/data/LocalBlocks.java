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

    private static final int MAX_OPEN = 64;
    private static final int MAX_IN_VAIN = 7;
    /** Of a file that is lent in small parts so much is asked for at once where it is read in order, and no more than is needed elsewhere. */
    private static final long MAX_AHEAD_BYTES = 32 << 20;

    /** Of the client's timeout, for a node that is asked to lend: the rest is for those that send. */
    private static final int SHARES = 4;

    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(1);

    private final GridClient client;
    private final Opened file;

    @GuardedBy("this")
    private boolean ended;

    /** Where what was answered last ends, and how much was asked for. */
    @GuardedBy("this")
    private long answeredUpTo;

    @GuardedBy("this")
    private long askedBytes;

    /** How often in a row an outer file was asked for where nothing of it was near, and how many reads are not to ask again. */
    @GuardedBy("this")
    private int inVain;

    @GuardedBy("this")
    private int passes;

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
        LocalBlock block = at(from, length);
        if (block == null) {
            return new RangeRead(client, file.read(from, length));
        }
        long end = Math.min(from + length, block.endOffset());
        return new LocalRead(client, file, this, block, from, end, wanted);
    }

    /** Whether the byte at a place can be read on this machine. */
    boolean has(long position) {
        LocalBlock block = at(position, 1);
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
    private synchronized @Nullable LocalBlock at(long position, long length) {
        if (ended) {
            return null;
        }
        Range range = range(position);
        if (range == null && passes > 0) {
            passes--;
            return null;
        }
        if (range == null) {
            boolean isAnswered = look(position, length);
            range = range(position);
            if (range == null) {
                if (isAnswered && file.isOuter()) {
                    pass();
                } else {
                    ended = true;
                }
                return null;
            }
        }
        LocalBlock block = open.get(range.offset());
        if (block == null) {
            block = opened(range, position, length);
        }
        if (block != null) {
            block.retain();
        }
        return block;
    }

    /**
     * A part of an outer file that was not near is once it was sent, as a rule: the next read asks again. Where that goes on to be in vain fewer and
     * fewer do, for nothing may ever be kept.
     */
    @GuardedBy("this")
    private void pass() {
        inVain = Math.min(MAX_IN_VAIN, inVain + 1);
        passes = (1 << (inVain - 1)) - 1;
    }

    /** Reads a block in place no more: it is not what it should be. */
    synchronized void giveUp(LocalBlock block) {
        Range range = known.get(block.offset());
        if (range != null) {
            isSent(range);
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

    /** @return false where no node of this machine is known, or it does not say what it has */
    @GuardedBy("this")
    private boolean look(long position, long length) {
        for (String location : client.order(client.locations())) {
            if (client.bytes().isHere(location)) {
                return ask(location, position, length);
            }
        }
        return false;
    }

    @GuardedBy("this")
    private @Nullable LocalBlock opened(Range range, long position, long length) {
        for (String location : range.near()) {
            ask(location, position, length);
            LocalBlock block = open.get(range.offset());
            if (block != null) {
                return block;
            }
        }
        isSent(range);
        return null;
    }

    /** What an outer file has near comes and goes. */
    @GuardedBy("this")
    private void isSent(Range range) {
        if (file.isOuter()) {
            known.remove(range.offset());
        } else {
            known.put(range.offset(), range.sent());
        }
    }

    @GuardedBy("this")
    private boolean ask(String location, long position, long length) {
        if (silent.contains(location)) {
            return false;
        }
        long asked = lengthToAsk(position, length);
        try {
            Duration patience = patience(client.options().timeout());
            client.connected(location, patience);
            for (OpenedBlock opened :
                    client.bytes().open(location, client.newHeaders(), file.read(position, asked), patience)) {
                keep(location, opened);
                answeredUpTo = opened.block().endOffset();
                askedBytes = asked;
            }
            return true;
        } catch (GridException | StatusRuntimeException e) {
            LOG.debug("reads nothing in place: path={} node={} error={}", file.path(), location, e.toString());
            ErrorCode code = CallFailure.of(e).error().code();
            if (code == ErrorCode.TIMEOUT || code == ErrorCode.UNAVAILABLE) {
                client.failed(location);
                silent.add(location);
            }
            return false;
        }
    }

    /** Of an outer file each page is lent by itself: who reads here and there had better not have many opened for each read. */
    @GuardedBy("this")
    private long lengthToAsk(long position, long length) {
        long rest = file.sizeBytes() - position;
        if (!file.isOuter()) {
            return rest;
        }
        long more = position == answeredUpTo ? Math.min(MAX_AHEAD_BYTES, 2 * askedBytes) : 0;
        return Math.min(rest, Math.max(length, more));
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
        if (file.isOuter() && block == null) {
            known.remove(place.offset());
            return;
        }
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
        inVain = 0;
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
