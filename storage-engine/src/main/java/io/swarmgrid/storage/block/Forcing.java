package io.swarmgrid.storage.block;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Durability;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Puts the content of one block that is being written on the device, some of it early. For its writer's lock but for the head start. */
final class Forcing {
    private final WriteBack writeBack;
    private final AtomicBoolean underWay = new AtomicBoolean();
    private final Object lock = new Object();
    private long forcedBytes;
    private volatile @Nullable IOException failure;

    Forcing(WriteBack writeBack) {
        this.writeBack = writeBack;
    }

    /** What went wrong with a head start; from then on nothing is known of the content. */
    @Nullable
    IOException failure() {
        return failure;
    }

    /** Begins to force what was written, once that is worth it. */
    void headStart(FileChannel channel, long position) {
        if (position - forcedBytes >= WriteBack.STEP_BYTES && underWay.compareAndSet(false, true)) {
            forcedBytes = position;
            writeBack.later(() -> forceEarly(channel));
        }
    }

    /** How durable a block becomes that is forced; one that is kept in memory has no device to be on. */
    static Durability raised(Durability durability, String block) {
        if (durability == Durability.MEMORY) {
            throw new GridException(ErrorCode.UNSUPPORTED, "cannot force a block that is kept in memory: " + block);
        }
        return Durability.POWER;
    }

    /** The block was cut. */
    void cutTo(long lengthBytes) {
        forcedBytes = Math.min(forcedBytes, lengthBytes);
    }

    /** One at a time: the system reports a failed write-back once, to whichever force comes first. */
    void force(FileChannel channel) throws IOException {
        synchronized (lock) {
            IOException earlier = failure;
            if (earlier != null) {
                throw earlier;
            }
            channel.force(false);
        }
    }

    private void forceEarly(FileChannel channel) {
        synchronized (lock) {
            try {
                channel.force(false);
            } catch (ClosedChannelException e) {
                // Sealed or dropped meanwhile; either way nothing is left to do.
            } catch (IOException e) {
                failure = e;
            }
        }
        underWay.set(false);
    }
}
