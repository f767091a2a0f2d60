package io.swarmgrid.storage.mounted;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.mounted.Outside.Place;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.outer.OuterWriter;
import io.swarmgrid.storage.outer.SteadyStore;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A put that goes to an outer store, where it is seen once it is whole. The grid keeps nothing of it. */
final class OuterFileWriter implements FileWriter {
    /** How many times the patience a step may take: a disk that forces, or a network that sends, what was written before. */
    private static final int STEP_PATIENCE = 4;
    /** What a store may have taken and not stored yet, at most, and how many bytes of it a second are too few. */
    private static final long MAX_OUTSTANDING_BYTES = 1L << 30;

    private static final long SLOWEST_BYTES = 4L << 20;

    private final Outside outside;
    private final Place place;
    private final SteadyStore store;
    private final Locked file;
    private final @Nullable OperationId operation;
    private long position;
    private boolean closed;

    private OuterFileWriter(
            Outside outside, Place place, SteadyStore store, OuterWriter file, @Nullable OperationId operation) {
        this.outside = outside;
        this.place = place;
        this.store = store;
        this.file = new Locked(file);
        this.operation = operation;
    }

    static OuterFileWriter open(Outside outside, Place place, PutOptions options) {
        SteadyStore store = outside.store(place);
        OuterWriter file;
        try {
            // What comes when nobody waits for it any more is ended where it came.
            file = store.change(
                    each -> outside.changes().gate().change(() -> each.create(place.within(), options.overwrite())),
                    OuterWriter::close);
        } catch (GridException e) {
            throw Outside.at(place, e);
        }
        return new OuterFileWriter(outside, place, store, file, options.operation());
    }

    /** A call that nobody waits for any more may still be at it. */
    private static final class Locked {
        private final OuterWriter file;

        Locked(OuterWriter file) {
            this.file = file;
        }

        synchronized boolean write(ByteBuf bytes) {
            file.write(bytes);
            return true;
        }

        synchronized boolean commit() {
            file.commit();
            return true;
        }

        synchronized void close() {
            file.close();
        }
    }

    @Override
    public void write(ByteBuf bytes) {
        try {
            write(bytes.nioBuffer());
        } finally {
            bytes.release();
        }
    }

    @Override
    public void write(ByteBuffer bytes) {
        int length = bytes.remaining();
        if (length == 0) {
            return;
        }
        ByteBuf copy = Unpooled.copiedBuffer(bytes); // which a call that hangs may keep
        bytes.position(bytes.limit());
        try {
            store.goOn(each -> file.write(copy), late -> {}, stepPatience());
        } catch (GridException e) {
            // Nobody sees it yet.
            ErrorCode code = e.code() == ErrorCode.UNKNOWN_OUTCOME ? ErrorCode.UNAVAILABLE : e.code();
            throw new GridException(
                    code, String.valueOf(e.getMessage()), place.path().toString(), e.hint(), e);
        }
        position += length;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public FileStatus commit() {
        OuterOutcomes outcomes = outside.changes().outcomes();
        if (outcomes.isDone(operation)) {
            return outside.changes().left(place, operation); // by a try whose end came late
        }
        try {
            store.goOn(
                    each -> outside.changes().gate().change(() -> {
                        boolean committed = file.commit();
                        outcomes.done(operation); // whoever still waits for it
                        return committed;
                    }),
                    late -> outside.forget(place), // and what was seen of it meanwhile
                    commitPatience());
        } catch (GridException e) {
            if (e.code() == ErrorCode.ALREADY_EXISTS && outcomes.isDone(operation)) {
                return outside.changes().left(place, operation);
            }
            if (e.code() == ErrorCode.UNKNOWN_OUTCOME) {
                outcomes.open(operation, null);
                throw new GridException(
                        e.code(),
                        "the outer store may have the file, or not: " + place.path() + ": " + e.getMessage(),
                        place.path().toString(),
                        "look whether it is there",
                        e);
            }
            throw Outside.at(place, e);
        } finally {
            outside.forget(place);
        }
        closed = true;
        return outside.changes().left(place, operation);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            // Also where the store is left in peace: what it has of the file, a lease or parts, it would keep.
            store.end(file::close);
        }
    }

    private Duration stepPatience() {
        return store.patience().multipliedBy(STEP_PATIENCE);
    }

    /** Longer where more was written: some stores store it all at its end. */
    private Duration commitPatience() {
        return stepPatience().plusSeconds(Math.min(position, MAX_OUTSTANDING_BYTES) / SLOWEST_BYTES);
    }
}
