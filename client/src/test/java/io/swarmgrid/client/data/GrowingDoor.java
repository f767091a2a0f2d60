package io.swarmgrid.client.data;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.BytesMethods;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.bytes.PutEnd;
import io.swarmgrid.client.bytes.PutNotice;
import io.swarmgrid.client.bytes.PutStart;
import io.swarmgrid.client.net.GridErrors;
import io.swarmgrid.client.wire.PutResult;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A grid of one file that is visible while it is written, behind one door on loopback. The nodes behind it die whenever chance has it: the
 * call breaks off, before or after what it was about is done, and of what was sent and not told to be kept some is lost.
 */
final class GrowingDoor implements AutoCloseable {
    private static final long ID = 7;

    /** Of each flush, whether it is to be on the device. */
    final List<Boolean> flushesOnDevice = new CopyOnWriteArrayList<>();

    private final Server server;
    private final Random random;
    private final int meanBytesToBreak;

    private final String address;
    private byte[] content = new byte[0];
    private int kept;
    private boolean opened;
    private boolean ended;
    private @Nullable String owner;
    private int breaks;
    private boolean fenced;
    private boolean silent;
    private int overtakings;
    private AtEnd atEnd = AtEnd.ANSWERED;

    /** What becomes of the file once it has ended. */
    enum AtEnd {
        ANSWERED,
        /** The node dies, and no other one answers. */
        ALL_DIE,
        /** The node dies, and somebody else has opened the file since. */
        TAKEN
    }

    /** @param meanBytesToBreak how far a node comes on the average; 0: none ever breaks */
    GrowingDoor(long seed, int meanBytesToBreak) throws IOException {
        this.random = new Random(seed);
        this.meanBytesToBreak = meanBytesToBreak;
        this.server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(ServerServiceDefinition.builder(BytesMethods.SERVICE)
                        .addMethod(BytesMethods.PUT_FILE, this::put)
                        .build())
                .build()
                .start();
        this.address = "127.0.0.1:" + server.getPort();
    }

    String address() {
        return address;
    }

    synchronized byte[] content() {
        return content.clone();
    }

    synchronized int breaks() {
        return breaks;
    }

    synchronized boolean ended() {
        return ended;
    }

    /** Somebody else takes the file. */
    synchronized void fence() {
        fenced = true;
    }

    /** So often what the writer had asked of another node before is done only once he has gone on, and fences him. */
    synchronized void overtake(int times) {
        overtakings = times;
    }

    synchronized void atEnd(AtEnd what) {
        atEnd = what;
    }

    /** Says by itself no more what is kept. */
    synchronized void keepSilent() {
        silent = true;
    }

    private ServerCall.Listener<Frame> put(ServerCall<Frame, Frame> call, Metadata headers) {
        call.sendHeaders(new Metadata());
        call.request(2);
        return new Put(call);
    }

    /** One call; all of them share the file. */
    private final class Put extends ServerCall.Listener<Frame> {
        private final ServerCall<Frame, Frame> call;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final int breakAfter = meanBytesToBreak == 0 ? Integer.MAX_VALUE : random.nextInt(2 * meanBytesToBreak);
        private int taken;
        private boolean begun;
        private boolean over;

        Put(ServerCall<Frame, Frame> call) {
            this.call = call;
        }

        @Override
        public void onMessage(Frame frame) {
            synchronized (GrowingDoor.this) {
                try {
                    if (!over) {
                        take(frame);
                        call.request(1);
                    }
                } catch (GridException e) {
                    over = true;
                    call.close(GridErrors.status(e), GridErrors.trailers(e, null, null));
                } finally {
                    frame.release();
                }
            }
        }

        private void take(Frame frame) {
            if (fenced) {
                throw new GridException(ErrorCode.LEASE_LOST, "somebody else has the file");
            }
            if (begun && overtakings > 0) {
                overtakings--;
                throw new GridException(
                        overtakings % 2 == 0 ? ErrorCode.LEASE_LOST : ErrorCode.UNAVAILABLE, "overtaken");
            }
            if (frame instanceof Frame.Data data) {
                require(data.offset() == bytes.size(), "bytes out of order");
                byte[] copy = new byte[data.lengthBytes()];
                data.payload().getBytes(data.payload().readerIndex(), copy);
                bytes.writeBytes(copy);
                content = bytes.toByteArray();
                taken += copy.length;
                if (taken > breakAfter) {
                    breakOff();
                } else if (!silent && random.nextInt(3) == 0) {
                    tellKept();
                }
            } else if (frame instanceof Frame.Flush flush) {
                require(flush.offset() == bytes.size(), "flush out of order");
                flushesOnDevice.add(flush.onDevice());
                kept = bytes.size();
                if (chance()) {
                    breakOff();
                } else {
                    call.sendMessage(new Frame.Flush(flush.offset(), false));
                }
            } else if (frame instanceof Frame.Ack) {
                kept = bytes.size();
                tellKept();
            } else if (!begun) {
                begun = true;
                open(((Frame.Control) frame).as(PutStart.class));
            } else {
                require(((Frame.Control) frame).as(PutEnd.class).sizeBytes() == bytes.size(), "another end");
            }
        }

        private void tellKept() {
            kept += random.nextInt(bytes.size() - kept + 1);
            call.sendMessage(new Frame.Ack(kept));
        }

        private void open(PutStart start) {
            if (ended && atEnd == AtEnd.ALL_DIE) {
                breakOff();
                return;
            }
            String name = Objects.requireNonNull(start.file().putId());
            PutStart.Again again = start.again();
            if (again == null || (again.fileId() == null && !opened)) {
                require(!opened, "opened twice");
                opened = true;
                owner = name;
            } else {
                require(name.equals(owner), "another writer");
                require(again.keptBytes() <= kept, "needs what it was not told to be kept");
                if (ended) {
                    over = true;
                    call.sendMessage(Frame.Control.of(PutNotice.of(result(), 1)));
                    call.close(Status.OK, new Metadata());
                    return;
                }
                content = Arrays.copyOf(content, kept + random.nextInt(content.length - kept + 1));
                bytes.writeBytes(content);
                kept = content.length; // its blocks have ended there
            }
            if (chance()) {
                breakOff();
            } else {
                call.sendMessage(Frame.Control.of(PutNotice.opened(content.length, ID, false)));
            }
        }

        @Override
        public void onHalfClose() {
            synchronized (GrowingDoor.this) {
                if (over) {
                    return;
                }
                if (chance()) {
                    breakOff();
                    return;
                }
                ended = true;
                fenced |= atEnd == AtEnd.TAKEN;
                if (atEnd != AtEnd.ANSWERED || chance()) {
                    breakOff();
                    return;
                }
                over = true;
                call.sendMessage(Frame.Control.of(PutNotice.of(result(), 1)));
                call.close(Status.OK, new Metadata());
            }
        }

        private PutResult result() {
            return new PutResult(true, "/a", null, content.length, 2);
        }

        private boolean chance() {
            return meanBytesToBreak > 0 && random.nextInt(4) == 0;
        }

        private void breakOff() {
            over = true;
            breaks++;
            call.close(Status.UNAVAILABLE.withDescription("Network closed for unknown reason"), new Metadata());
        }
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new GridException(ErrorCode.INVALID_ARGUMENT, otherwise);
        }
    }

    /** Nobody answers any more. */
    void die() {
        server.shutdownNow();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
