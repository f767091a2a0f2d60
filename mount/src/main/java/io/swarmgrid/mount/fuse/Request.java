package io.swarmgrid.mount.fuse;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** One request of the kernel, where a worker has read it to; good until the worker reads the next one. */
final class Request {
    private static final int HEADER_BYTES = 40;
    private static final int MAX_NAME_BYTES = 255;

    private final ByteBuffer bytes;
    private int opcode;
    private long unique;
    private long node;
    private int uid;
    private int gid;

    Request(ByteBuffer bytes) {
        this.bytes = bytes.order(ByteOrder.nativeOrder());
    }

    /** Looks at the bytes that were read: {@code fuse_in_header} and what follows. */
    void begin(int length) {
        bytes.clear().limit(length);
        int told = bytes.getInt();
        if (length < HEADER_BYTES || told != length) {
            throw new IllegalStateException("bad request of the kernel: length=" + told + ", read=" + length);
        }
        opcode = bytes.getInt();
        unique = bytes.getLong();
        node = bytes.getLong();
        uid = bytes.getInt();
        gid = bytes.getInt();
        bytes.position(HEADER_BYTES);
    }

    int opcode() {
        return opcode;
    }

    long unique() {
        return unique;
    }

    long node() {
        return node;
    }

    Caller caller() {
        return new Caller(uid, gid);
    }

    int u32() {
        return bytes.getInt();
    }

    long u64() {
        return bytes.getLong();
    }

    void skip(int count) {
        bytes.position(bytes.position() + count);
    }

    /** The next bytes, where they lie. */
    ByteBuffer data(int length) {
        return bytes.slice(bytes.position(), length);
    }

    /** A name that ends in a zero. */
    String name() {
        int from = bytes.position();
        int to = from;
        while (bytes.get(to) != 0) {
            to++;
        }
        bytes.position(to + 1);
        if (to - from > MAX_NAME_BYTES) {
            throw new Refusal(Errno.ENAMETOOLONG, "name of " + (to - from) + " bytes");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(bytes.slice(from, to - from))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new Refusal(Errno.EILSEQ, "a name that is not UTF-8");
        }
    }
}
