package io.swarmgrid.client.data;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.bytes.Crc32c;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.bytes.LentBlock;
import io.swarmgrid.client.bytes.LentBlocks;
import io.swarmgrid.client.bytes.MachineId;
import io.swarmgrid.client.bytes.PutNotice;
import io.swarmgrid.client.bytes.PutStart;
import io.swarmgrid.client.bytes.ReadInfo;
import io.swarmgrid.client.net.GridErrors;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.client.wire.PutResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A server of raw bytes on loopback: one file to read, puts that it keeps, and breaks where a test says so. */
final class FileDoor implements AutoCloseable {
    static final int LENT_BYTES = 8 << 20;
    private static final int CHUNK_BYTES = 10_000;
    private static final int LENT_AT_ONCE = 2;
    private static final long ID = 7;

    volatile byte[] content = new byte[0];
    volatile long version = 1;
    /** From here on it sends nothing, and keeps the call. */
    volatile int silentFromByte = Integer.MAX_VALUE;
    /** Files of {@link #LENT_BYTES} each that have the content, to be read in place; none where all is sent. */
    volatile List<Path> lent = List.of();

    final List<FileRead> loans = new CopyOnWriteArrayList<>();
    final List<FileRead> reads = new CopyOnWriteArrayList<>();
    final List<PutStart> puts = new CopyOnWriteArrayList<>();
    final List<byte[]> stored = new CopyOnWriteArrayList<>();
    /** Puts to break off after their first chunk. */
    final AtomicInteger putsToBreak = new AtomicInteger();
    /** Puts to store without an answer. */
    final AtomicInteger answersToLose = new AtomicInteger();
    /** Puts to break off once an answer was lost. */
    volatile int putsToBreakAfterLoss;

    /** Why no put is taken; null where they are. */
    volatile @Nullable GridException refusal;

    private final Server server;

    FileDoor() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerServiceDefinition.builder(BytesMethods.SERVICE)
                        .addMethod(BytesMethods.READ_FILE, this::read)
                        .addMethod(BytesMethods.PUT_FILE, this::put)
                        .addMethod(BytesMethods.LEND_BLOCKS, this::lend)
                        .build())
                .build()
                .start();
    }

    int port() {
        return server.getPort();
    }

    String address() {
        return "127.0.0.1:" + port();
    }

    private ServerCall.Listener<Frame> read(ServerCall<Frame, Frame> call, Metadata headers) {
        call.request(2);
        return new ServerCall.Listener<>() {
            @Override
            public void onMessage(Frame frame) {
                FileRead read = ((Frame.Control) frame).as(FileRead.class);
                reads.add(read);
                Long asked = read.offset();
                int from = asked == null ? 0 : asked.intValue();
                if (from > content.length) {
                    GridException error = new GridException(ErrorCode.INVALID_ARGUMENT, "past the end");
                    call.close(GridErrors.status(error), GridErrors.trailers(error, null, null));
                    return;
                }
                Long length = read.lengthBytes();
                int to = length == null ? content.length : from + length.intValue();
                call.sendHeaders(new Metadata());
                call.sendMessage(Frame.Control.of(new ReadInfo(from, to - from, content.length, version, ID)));
                for (int at = from; at < to; at += CHUNK_BYTES) {
                    if (at >= silentFromByte) {
                        return;
                    }
                    ByteBuf bytes = Unpooled.wrappedBuffer(content, at, Math.min(CHUNK_BYTES, to - at));
                    call.sendMessage(new Frame.Data(at, Crc32c.of(bytes), bytes));
                }
                call.close(Status.OK, new Metadata());
            }
        };
    }

    private ServerCall.Listener<Frame> lend(ServerCall<Frame, Frame> call, Metadata headers) {
        call.request(2);
        return new ServerCall.Listener<>() {
            @Override
            public void onMessage(Frame frame) {
                FileRead read = ((Frame.Control) frame).as(FileRead.class);
                loans.add(read);
                int first = (int) (Objects.requireNonNull(read.offset()) / LENT_BYTES);
                List<LentBlock> blocks = IntStream.range(first, Math.min(first + LENT_AT_ONCE, lent.size()))
                        .mapToObj(FileDoor.this::lentBlock)
                        .toList();
                call.sendHeaders(new Metadata());
                call.sendMessage(Frame.Control.of(new LentBlocks(MachineId.own().orElse(null), blocks)));
            }

            @Override
            public void onHalfClose() {
                call.close(Status.OK, new Metadata());
            }
        };
    }

    private LentBlock lentBlock(int index) {
        int from = index * LENT_BYTES;
        int length = Math.min(LENT_BYTES, content.length - from);
        ByteBuffer checksums =
                ByteBuffer.allocate((length + LentBlock.SPAN_BYTES - 1) / LentBlock.SPAN_BYTES * Integer.BYTES);
        for (int at = 0; at < length; at += LentBlock.SPAN_BYTES) {
            int count = Math.min(LentBlock.SPAN_BYTES, length - at);
            checksums.putInt(Crc32c.of(Unpooled.wrappedBuffer(content, from + at, count)));
        }
        Path file = lent.get(index);
        try {
            String key = MachineId.fileKey(file);
            return new LentBlock(from, from + length, length, file.toString(), key, checksums.array(), List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ServerCall.Listener<Frame> put(ServerCall<Frame, Frame> call, Metadata headers) {
        call.request(1);
        return new Put(call);
    }

    private final class Put extends ServerCall.Listener<Frame> {
        private final ServerCall<Frame, Frame> call;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private boolean begun;
        private boolean over;

        Put(ServerCall<Frame, Frame> call) {
            this.call = call;
        }

        @Override
        public void onMessage(Frame frame) {
            if (over) {
                frame.release();
                return;
            }
            if (frame instanceof Frame.Data data) {
                byte[] copy = new byte[data.lengthBytes()];
                data.payload().readBytes(copy);
                bytes.writeBytes(copy);
                frame.release();
                if (putsToBreak.get() > 0) {
                    putsToBreak.decrementAndGet();
                    breakOff();
                    return;
                }
            } else if (!begun) {
                begun = true;
                puts.add(((Frame.Control) frame).as(PutStart.class));
            }
            call.request(1);
        }

        @Override
        public void onHalfClose() {
            if (over) {
                return;
            }
            GridException why = refusal;
            if (why != null) {
                over = true;
                call.close(GridErrors.status(why), GridErrors.trailers(why, null, null));
                return;
            }
            stored.add(bytes.toByteArray());
            if (answersToLose.getAndDecrement() > 0) {
                putsToBreak.set(putsToBreakAfterLoss);
                breakOff();
                return;
            }
            call.sendHeaders(new Metadata());
            call.sendMessage(Frame.Control.of(PutNotice.of(new PutResult(true, "/a", null, bytes.size(), 1), 1)));
            call.close(Status.OK, new Metadata());
        }

        private void breakOff() {
            over = true;
            call.close(Status.UNAVAILABLE.withDescription("Network closed for unknown reason"), new Metadata());
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
