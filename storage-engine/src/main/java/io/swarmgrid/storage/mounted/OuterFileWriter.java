package io.swarmgrid.storage.mounted;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.mounted.Outside.Place;
import io.swarmgrid.storage.outer.OuterWriter;
import io.swarmgrid.storage.outer.SteadyStore;
import java.nio.ByteBuffer;

/** A put that goes to an outer store, where it is seen once it is whole. The grid keeps nothing of it. */
final class OuterFileWriter implements FileWriter {
    private final Outside outside;
    private final Place place;
    private final SteadyStore store;
    private final Locked file;
    private long position;
    private boolean closed;

    private OuterFileWriter(Outside outside, Place place, SteadyStore store, OuterWriter file) {
        this.outside = outside;
        this.place = place;
        this.store = store;
        this.file = new Locked(file);
    }

    static OuterFileWriter open(Outside outside, Place place, boolean overwrite) {
        SteadyStore store = outside.store(place);
        // What an attempt that hung has begun nobody ends: a store sweeps such.
        OuterWriter file;
        try {
            file = store.ask(each -> each.create(place.within(), overwrite));
        } catch (GridException e) {
            throw Outside.at(place, e);
        }
        return new OuterFileWriter(outside, place, store, file);
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

        synchronized boolean close() {
            file.close();
            return true;
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
        store.once(each -> file.write(copy));
        position += length;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public FileStatus commit() {
        outside.changes().requireChangeable();
        try {
            store.once(each -> file.commit());
        } catch (GridException e) {
            if (e.code() == ErrorCode.UNAVAILABLE) {
                throw new GridException(
                        ErrorCode.UNKNOWN_OUTCOME,
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
        return outside.status(place, outside.require(place));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            try {
                store.once(each -> file.close());
            } catch (GridException e) {
                // It is swept later.
            }
        }
    }
}
