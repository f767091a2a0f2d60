package io.swarmgrid.storage.repair;

import io.swarmgrid.client.GridException;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.cache.Demand;
import io.swarmgrid.storage.namespace.BlockCensus.Copy;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.Keeping;
import io.swarmgrid.storage.namespace.Replica;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What keepers and holders of blocks tell each other: a version, a kind, and fields in order. */
sealed interface RepairMessage {
    /** Keeper to node: make a copy of this block. */
    record Order(BlockRecord block, Urgency urgency) implements RepairMessage {}

    /** Node to keeper: an order is done with, one way or the other. */
    record Done(BlockId block, Outcome outcome) implements RepairMessage {}

    /** How an order ended. */
    enum Outcome {
        COPIED(1),
        FAILED(2),
        /** The node's queue is full; nothing was tried. */
        BUSY(3);

        private final int code;

        Outcome(int code) {
            this.code = code;
        }

        private static Outcome of(int code) {
            return Arrays.stream(values())
                    .filter(outcome -> outcome.code == code)
                    .findFirst()
                    .orElseThrow(() -> GridException.invalid("repair message with unknown outcome " + code));
        }
    }

    /** A copy, and what the metadata says is in it. */
    record Recorded(Copy copy, long lengthBytes, int crc32c) {
        SealedBlock sealed() {
            return new SealedBlock(copy.block(), copy.epoch(), lengthBytes, crc32c);
        }

        static Recorded of(BlockRecord block) {
            Copy copy = new Copy(block.fileId(), block.id(), block.epoch());
            return new Recorded(copy, block.lengthBytes(), block.crc32c());
        }
    }

    /**
     * Node to holder: are these copies there, and as they are recorded?
     *
     * @param question to be answered in any case, or {@link #NOBODY_WAITS}: where something is missing
     */
    record Audit(long question, List<Recorded> copies) implements RepairMessage {
        static final long NOBODY_WAITS = 0;

        public Audit {
            copies = List.copyOf(copies);
        }
    }

    /** Holder to who has asked: these of them are not. */
    record Missing(long question, List<Copy> copies) implements RepairMessage {
        public Missing {
            copies = List.copyOf(copies);
        }
    }

    /** To a node: these copies of yours are not recorded any more, look whether they are to go. */
    record Discard(List<Copy> copies) implements RepairMessage {
        public Discard {
            copies = List.copyOf(copies);
        }
    }

    /** Keeper to holder: do you keep near copies of these on such a medium? It answers where it does not. */
    record AuditNear(Medium medium, List<Recorded> copies) implements RepairMessage {
        public AuditNear {
            copies = List.copyOf(copies);
        }
    }

    /** Holder to keeper: I do not, of these. */
    record MissingNear(List<Copy> copies) implements RepairMessage {
        public MissingNear {
            copies = List.copyOf(copies);
        }
    }

    /** To a node: near copies of these are not recorded of you any more, look whether they are to go. */
    record ReleaseNear(List<Copy> copies) implements RepairMessage {
        public ReleaseNear {
            copies = List.copyOf(copies);
        }
    }

    /** Node to keeper: so often a second I give these, of yours, to readers. */
    record Hot(List<Demand.Rate> rates) implements RepairMessage {
        public Hot {
            rates = List.copyOf(rates);
        }
    }

    /** Node to all keepers: I have just started, see what I have. */
    record CheckMe() implements RepairMessage {}

    int VERSION = 5;

    default byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            if (this instanceof Order order) {
                out.writeByte(1);
                out.writeByte(order.urgency().code());
                write(out, order.block());
            } else if (this instanceof Done done) {
                out.writeByte(2);
                out.writeLong(done.block().value());
                out.writeByte(done.outcome().code);
            } else if (this instanceof Audit audit) {
                out.writeByte(3);
                out.writeLong(audit.question());
                out.writeInt(audit.copies().size());
                for (Recorded recorded : audit.copies()) {
                    write(out, recorded);
                }
            } else if (this instanceof Missing missing) {
                out.writeByte(4);
                out.writeLong(missing.question());
                write(out, missing.copies());
            } else if (this instanceof AuditNear audit) {
                out.writeByte(7);
                write(out, audit.medium());
                out.writeInt(audit.copies().size());
                for (Recorded recorded : audit.copies()) {
                    write(out, recorded);
                }
            } else if (this instanceof MissingNear missing) {
                out.writeByte(8);
                write(out, missing.copies());
            } else if (this instanceof ReleaseNear release) {
                out.writeByte(9);
                write(out, release.copies());
            } else if (this instanceof Hot hot) {
                out.writeByte(10);
                out.writeInt(hot.rates().size());
                for (Demand.Rate rate : hot.rates()) {
                    write(out, rate);
                }
            } else if (this instanceof Discard discard) {
                out.writeByte(6);
                write(out, discard.copies());
            } else {
                out.writeByte(5);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** @throws GridException INVALID_ARGUMENT where it is of another version or cut short */
    static RepairMessage decode(byte[] message) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(message))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw GridException.invalid("repair message of version " + version + ", this node knows " + VERSION);
            }
            int kind = in.readUnsignedByte();
            return switch (kind) {
                case 1 -> readOrder(in);
                case 2 -> new Done(new BlockId(in.readLong()), Outcome.of(in.readUnsignedByte()));
                case 3 -> new Audit(in.readLong(), readAll(in, RepairMessage::readRecorded));
                case 4 -> new Missing(in.readLong(), readAll(in, RepairMessage::readCopy));
                case 5 -> new CheckMe();
                case 6 -> new Discard(readAll(in, RepairMessage::readCopy));
                case 7 -> readAuditNear(in);
                case 8 -> new MissingNear(readAll(in, RepairMessage::readCopy));
                case 9 -> new ReleaseNear(readAll(in, RepairMessage::readCopy));
                case 10 -> new Hot(readAll(in, RepairMessage::readRate));
                default -> throw GridException.invalid("repair message of unknown kind " + kind);
            };
        } catch (IOException e) {
            throw GridException.invalid("repair message is cut short: bytes=" + message.length);
        }
    }

    private static Order readOrder(DataInputStream in) throws IOException {
        Urgency urgency = Urgency.of(in.readUnsignedByte());
        return new Order(readBlock(in), urgency);
    }

    private static void write(DataOutputStream out, BlockRecord block) throws IOException {
        out.writeLong(block.id().value());
        out.writeLong(block.fileId());
        out.writeLong(block.offset());
        out.writeLong(block.lengthBytes());
        out.writeLong(block.epoch());
        out.writeInt(block.crc32c());
        out.writeShort(block.replication());
        out.writeLong(block.placementKey());
        out.writeShort(block.holders().size());
        for (Replica holder : block.holders()) {
            out.writeUTF(holder.node());
            out.writeLong(holder.epoch());
            out.writeBoolean(holder.durable());
            write(out, holder.near());
        }
        out.writeByte(block.keeping().copies());
        write(out, block.keeping().near());
    }

    private static BlockRecord readBlock(DataInputStream in) throws IOException {
        BlockId id = new BlockId(in.readLong());
        long fileId = in.readLong();
        long offset = in.readLong();
        long lengthBytes = in.readLong();
        long epoch = in.readLong();
        int crc32c = in.readInt();
        int replication = in.readUnsignedShort();
        long placementKey = in.readLong();
        int count = in.readUnsignedShort();
        List<Replica> holders = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            holders.add(new Replica(in.readUTF(), in.readLong(), in.readBoolean(), readMedium(in)));
        }
        Keeping keeping = new Keeping(in.readUnsignedByte(), readMedium(in));
        return new BlockRecord(
                id,
                fileId,
                offset,
                lengthBytes,
                epoch,
                crc32c,
                BlockState.SEALED,
                replication,
                placementKey,
                holders,
                keeping);
    }

    private static void write(DataOutputStream out, @Nullable Medium medium) throws IOException {
        out.writeUTF(medium == null ? "" : medium.name());
    }

    private static @Nullable Medium readMedium(DataInputStream in) throws IOException {
        String name = in.readUTF();
        return name.isEmpty()
                ? null
                : Arrays.stream(Medium.values())
                        .filter(medium -> medium.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> GridException.invalid("repair message with unknown medium " + name));
    }

    private static void write(DataOutputStream out, List<Copy> copies) throws IOException {
        out.writeInt(copies.size());
        for (Copy copy : copies) {
            write(out, copy);
        }
    }

    private static void write(DataOutputStream out, Copy copy) throws IOException {
        out.writeLong(copy.fileId());
        out.writeLong(copy.block().value());
        out.writeLong(copy.epoch());
    }

    private static Copy readCopy(DataInputStream in) throws IOException {
        return new Copy(in.readLong(), new BlockId(in.readLong()), in.readLong());
    }

    private static AuditNear readAuditNear(DataInputStream in) throws IOException {
        Medium medium = readMedium(in);
        if (medium == null) {
            throw GridException.invalid("repair message asks for near copies on nothing");
        }
        return new AuditNear(medium, readAll(in, RepairMessage::readRecorded));
    }

    private static void write(DataOutputStream out, Recorded recorded) throws IOException {
        write(out, recorded.copy());
        out.writeLong(recorded.lengthBytes());
        out.writeInt(recorded.crc32c());
    }

    private static Recorded readRecorded(DataInputStream in) throws IOException {
        return new Recorded(readCopy(in), in.readLong(), in.readInt());
    }

    private static void write(DataOutputStream out, Demand.Rate rate) throws IOException {
        out.writeLong(rate.fileId());
        out.writeLong(rate.block().value());
        out.writeDouble(rate.rate());
    }

    private static Demand.Rate readRate(DataInputStream in) throws IOException {
        return new Demand.Rate(in.readLong(), new BlockId(in.readLong()), in.readDouble());
    }

    /** Reads one thing. */
    interface Reading<T> {
        T read(DataInputStream in) throws IOException;
    }

    private static <T> List<T> readAll(DataInputStream in, Reading<T> reading) throws IOException {
        int count = in.readInt();
        List<T> all = new ArrayList<>(Math.min(Math.max(count, 0), 10_000));
        for (int i = 0; i < count; i++) {
            all.add(reading.read(in));
        }
        return all;
    }
}
