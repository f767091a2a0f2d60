package io.swarmgrid.storage.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.storage.block.BlockReader;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.cache.NearCopies;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One reader's way to the near copy of one block. A reader counts once, and again each time it has read as much as the block has: the
 * opinion of what is hot is formed of readers, not of their chunks. What the node does of itself counts for nothing. Thread-safe.
 */
final class NearAccess implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NearAccess.class);

    private final Holders holders;
    private final NearCopies copies;

    @GuardedBy("this")
    private @Nullable BlockReader reader;

    /** The copy was bad: it is closed with the rest, since others may be reading from it. */
    @GuardedBy("this")
    private boolean spoilt;

    @GuardedBy("this")
    private boolean counted;

    @GuardedBy("this")
    private long sinceBytes;

    NearAccess(Holders holders) {
        this.holders = holders;
        this.copies = holders.path().near();
    }

    /**
     * Reads from a near copy, one that is being made, or one that this has made.
     *
     * @param inOrder whether the bytes behind will be asked for next
     * @return null where a holder has to be asked
     */
    @Nullable
    ByteBuf read(BlockRecord known, long from, int length, boolean inOrder) {
        if (known.state() != BlockState.SEALED) {
            return null;
        }
        SealedBlock block = known.sealed();
        boolean counts = counts(length, known.lengthBytes());
        ByteBuf bytes = readCopy(known, from, length, counts);
        if (bytes != null || isHere(known)) {
            return bytes;
        }
        if (counts) {
            copies.missed(block, inOrder, () -> new RemoteOrigin(holders, known));
        }
        bytes = copies.fetched(block, from, length, inOrder);
        return bytes != null ? bytes : readCopy(known, from, length, false); // it may have come right now
    }

    /** A copy on this node is opened: one that is read often is brought into a nearer tier. */
    void readHere(BlockRecord known) {
        if (known.state() == BlockState.SEALED && isDemand()) {
            copies.readHere(known.sealed(), holders.path().blocks());
        }
    }

    @Override
    public void close() {
        BlockReader open;
        synchronized (this) {
            open = reader;
            reader = null;
            spoilt = true;
        }
        if (open != null) {
            open.close();
        }
    }

    /** So much was read from a copy of this node. */
    void gave(BlockRecord known, int length) {
        if (known.state() == BlockState.SEALED && isDemand()) {
            holders.path().demand().gave(known.fileId(), known.id(), length, known.lengthBytes());
        }
    }

    private @Nullable ByteBuf readCopy(BlockRecord known, long from, int length, boolean counts) {
        SealedBlock block = known.sealed();
        BlockReader open = opened(block);
        if (open == null) {
            return null;
        }
        try {
            ByteBuf bytes = open.read(from, length);
            copies.readNear(length);
            gave(known, length);
            if (counts) {
                copies.hit(block);
            }
            return bytes;
        } catch (GridException e) {
            if (e.code() == ErrorCode.CANCELLED) {
                throw e;
            }
            LOG.warn("near copy cannot be read: block={} reason={}", block.id(), e.getMessage());
            if (e.code() == ErrorCode.CORRUPT_DATA || e.code() == ErrorCode.NOT_FOUND) {
                spoil();
                copies.isBad(block);
            }
            return null;
        }
    }

    private @Nullable BlockReader opened(SealedBlock block) {
        synchronized (this) {
            if (spoilt) {
                return null;
            }
            if (reader != null) {
                return reader.block().epoch() == block.epoch() ? reader : null;
            }
        }
        BlockReader opened = copies.open(block);
        if (opened == null) {
            return null;
        }
        BlockReader other;
        synchronized (this) {
            if (reader == null && !spoilt) {
                reader = opened;
                return opened;
            }
            other = reader;
        }
        opened.close();
        return other;
    }

    private synchronized void spoil() {
        spoilt = true;
    }

    private synchronized boolean counts(int length, long blockBytes) {
        sinceBytes += length;
        if ((counted && sinceBytes < blockBytes) || !isDemand()) {
            return false;
        }
        counted = true;
        sinceBytes = 0;
        return true;
    }

    private boolean isDemand() {
        return !holders.call().qos().equals(QosClass.BACKGROUND);
    }

    private boolean isHere(BlockRecord known) {
        String here = holders.path().here();
        return known.holders().stream()
                .anyMatch(holder -> holder.durable() && holder.node().equals(here));
    }
}
