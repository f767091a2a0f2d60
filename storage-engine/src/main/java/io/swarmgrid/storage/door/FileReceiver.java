package io.swarmgrid.storage.door;

import io.grpc.ServerCall;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.bytes.BlockPlace;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.bytes.MachineId;
import io.swarmgrid.client.bytes.PutEnd;
import io.swarmgrid.client.bytes.PutNotice;
import io.swarmgrid.client.bytes.PutStart;
import io.swarmgrid.client.call.TransferScheduler.Direction;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PutResult;
import io.swarmgrid.storage.file.FileStore;
import io.swarmgrid.storage.file.FileWriter;
import io.swarmgrid.storage.file.OpenBlock;
import io.swarmgrid.storage.namespace.CallerPaths;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.WriterId;
import io.swarmgrid.storage.replica.DataPath;
import io.swarmgrid.storage.replica.ServedCall;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One PutFile call: a put becomes visible when the end was announced, all of it came, and the stream ended well; a file that is
 * visible from the beginning is closed then.
 */
final class FileReceiver extends ServerCall.Listener<Frame> {
    /** Messages that may be on their way: the next ones come while the last one is being written. */
    private static final int AHEAD = 4;
    /** How much more must be kept before it is told. */
    private static final long TELL_BYTES = 2L << 20;

    private final ServedCall call;
    private final FileStore files;
    private final DataPath path;
    private @Nullable FileWriter writer;
    private @Nullable GridPath target;
    private boolean ended;
    /** Whether the caller asked to be told where each block lies. */
    private boolean local;
    /** Offset of the block that was told last. */
    private long toldOffset = -1;
    /** Whether the caller may come back, and is told what it need not keep for that. */
    private boolean mayComeBack;

    private long toldKeptBytes;

    FileReceiver(ServedCall call, FileStore files, DataPath path) {
        this.call = call;
        this.files = files;
        this.path = path;
    }

    @Override
    public void onMessage(Frame frame) {
        try {
            if (call.isOver()) {
                return;
            }
            if (frame instanceof Frame.Data data) {
                write(data);
                tellPlaces();
                tellKept(TELL_BYTES);
                call.request(1);
            } else if (frame instanceof Frame.Written written) {
                adopt(written);
                tellPlaces();
                tellKept(TELL_BYTES);
                call.request(1);
            } else if (frame instanceof Frame.Flush flush) {
                flush(flush);
                call.request(1);
            } else if (frame instanceof Frame.Ack && mayComeBack) {
                tellKept(0);
                call.request(1);
            } else if (frame instanceof Frame.Control control && writer == null) {
                PutStart start = control.as(PutStart.class);
                local = Boolean.TRUE.equals(start.local()) && path.config().shortCircuit() && call.isFromHere();
                begin(start);
                call.request(AHEAD);
            } else if (frame instanceof Frame.Control control) {
                end(control.as(PutEnd.class));
                call.request(1);
            } else {
                throw new GridException(ErrorCode.CORRUPT_INPUT, "an acknowledgement where bytes were expected");
            }
        } catch (RuntimeException | Error e) {
            fail(e);
        } finally {
            frame.release();
        }
    }

    @Override
    public void onHalfClose() {
        FileWriter file = writer;
        GridPath put = target;
        if (call.isOver() || file == null || put == null) {
            fail(new GridException(ErrorCode.CORRUPT_INPUT, "a put that names no file"));
            return;
        }
        try {
            if (!ended) {
                throw new GridException(
                        ErrorCode.CORRUPT_INPUT,
                        "the put of " + put + " ended after " + file.position() + " bytes without saying so");
            }
            FileStatus done = file.commit();
            call.send(Frame.Control.of(PutNotice.of(result(put, done), done.id())));
            close();
            call.finish();
        } catch (RuntimeException | Error e) {
            fail(e);
        }
    }

    @Override
    public void onCancel() {
        call.cancelled();
        close();
    }

    @Override
    public void onComplete() {
        close();
    }

    private void begin(PutStart start) {
        FilePut put = start.file();
        GridPath to = CallerPaths.parse(put.path());
        target = to;
        PutOptions asked = PutOptions.asked(call.context(), to, put);
        boolean append = Boolean.TRUE.equals(start.append());
        PutStart.Of of = start.of();
        if (!append && !Boolean.TRUE.equals(start.visible())) {
            Long version = of == null ? null : of.version();
            PutOptions.Over over = of == null ? null : new PutOptions.Over(of.fileId(), version == null ? 0 : version);
            writer = files.put(call.context(), to, over == null ? asked : asked.over(over));
            return;
        }
        WriterId who = WriterId.of(call.context(), put.putId());
        mayComeBack = !who.isNone();
        if (start.again() != null && resumed(to, who, start.again())) {
            return;
        }
        try {
            opened(
                    append
                            ? files.append(call.context(), to, who, of == null ? null : of.fileId())
                            : files.create(call.context(), to, asked.writer(who)));
        } catch (GridException e) {
            // What was asked of another node before may have come about only now.
            if (start.again() == null || e.kind() != ErrorKind.CALLER || !resumed(to, who, start.again())) {
                throw e;
            }
        }
    }

    private void opened(FileWriter file) {
        writer = file;
        toldKeptBytes = file.position();
        call.send(Frame.Control.of(PutNotice.opened(file.position(), file.fileId(), !file.canSync())));
    }

    /** Goes on with what the caller had opened; false where it turns out that nothing was opened before. */
    private boolean resumed(GridPath path, WriterId who, PutStart.Again again) {
        FileStore.Continued continued;
        try {
            continued = files.resume(
                    call.context(),
                    new FileStore.Return(path, again.fileId(), who, again.keptBytes(), again.syncedBytes()));
        } catch (GridException e) {
            if (again.fileId() == null && (e.code() == ErrorCode.NOT_FOUND || e.code() == ErrorCode.LEASE_LOST)) {
                return false;
            }
            throw e;
        }
        FileStatus before = continued.ended();
        if (continued.writer() != null) {
            opened(continued.writer());
        } else if (before != null) {
            call.send(Frame.Control.of(PutNotice.of(result(path, before), before.id())));
            call.finish();
        }
        return true;
    }

    private static PutResult result(GridPath path, FileStatus file) {
        return new PutResult(true, path.toString(), null, file.sizeBytes(), file.version());
    }

    private void flush(Frame.Flush asked) {
        FileWriter file = at(asked.offset());
        if (asked.onDevice()) {
            file.sync();
        } else {
            file.flush();
        }
        call.send(new Frame.Flush(asked.offset(), false));
    }

    private void write(Frame.Data data) {
        FileWriter file = at(data.offset());
        if (!data.isIntact()) {
            throw new GridException(
                    ErrorCode.CORRUPT_INPUT,
                    "bytes were damaged on the way: path=" + target + ", offset=" + data.offset());
        }
        path.awaitTurn(call.context(), Direction.IN, data.lengthBytes());
        file.write(data.payload().retainedDuplicate(), data.crc32c());
    }

    /** Bytes that the caller put into our file: they are read back and checked as those that come over the network are. */
    private void adopt(Frame.Written written) {
        FileWriter file = at(written.offset());
        if (!local || written.lengthBytes() <= 0) {
            throw new GridException(ErrorCode.CORRUPT_INPUT, "bytes in place that nobody asked for: path=" + target);
        }
        path.awaitTurn(call.context(), Direction.IN, written.lengthBytes());
        file.written(written.lengthBytes(), written.crc32c());
    }

    private FileWriter at(long offset) {
        FileWriter file = writer;
        if (file == null || ended) {
            throw new GridException(ErrorCode.CORRUPT_INPUT, "bytes outside of a put");
        }
        if (offset != file.position()) {
            throw new GridException(
                    ErrorCode.CORRUPT_INPUT,
                    "bytes out of order: path=" + target + ", offset=" + offset + ", expected=" + file.position());
        }
        return file;
    }

    /** Says, once for each block, where it lies, so that the caller on this machine writes in place. */
    private void tellPlaces() {
        if (!local || writer == null) {
            return;
        }
        for (OpenBlock block : writer.openBlocks()) {
            if (block.offset() > toldOffset) {
                toldOffset = block.offset();
                call.send(Frame.Control.of(PutNotice.of(place(block))));
            }
        }
    }

    /** Says what of the file outlives this node, where that is so much more than was said before. */
    private void tellKept(long more) {
        FileWriter file = writer;
        if (!mayComeBack || file == null) {
            return;
        }
        long kept = file.keptBytes();
        if (kept - toldKeptBytes >= more) {
            toldKeptBytes = kept;
            call.send(new Frame.Ack(kept));
        }
    }

    private static BlockPlace place(OpenBlock block) {
        Path file = block.file();
        try {
            String key = file == null ? null : MachineId.fileKey(file);
            String name = file == null ? null : file.toAbsolutePath().toString();
            return new BlockPlace(
                    block.offset(),
                    block.endOffset(),
                    name,
                    key,
                    MachineId.own().orElse(null));
        } catch (IOException e) {
            return new BlockPlace(block.offset(), block.endOffset(), null, null, null);
        }
    }

    private void end(PutEnd end) {
        FileWriter file = writer;
        if (file == null || ended || end.sizeBytes() != file.position()) {
            throw new GridException(
                    ErrorCode.CORRUPT_INPUT,
                    "the put of " + target + " ended at " + end.sizeBytes() + ", received "
                            + (file == null ? 0 : file.position()));
        }
        ended = true;
    }

    private void fail(Throwable failure) {
        call.fail(failure);
        close();
    }

    private void close() {
        if (writer != null) {
            writer.close();
            writer = null;
        }
    }
}
