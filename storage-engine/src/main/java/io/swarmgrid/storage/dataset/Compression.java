package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.GridException;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.vector.compression.CompressionCodec;
import org.apache.arrow.vector.compression.CompressionUtil.CodecType;
import org.jspecify.annotations.Nullable;

/** How the buffers of record batches are kept. */
enum Compression {
    NONE(CodecType.NO_COMPRESSION),
    LZ4(CodecType.LZ4_FRAME),
    ZSTD(CodecType.ZSTD);

    private final CodecType type;

    Compression(CodecType type) {
        this.type = type;
    }

    /** @throws GridException INVALID_ARGUMENT that names the known ones */
    static Compression of(@Nullable String name) {
        if (name == null) {
            return NONE;
        }
        return switch (name) {
            case "none" -> NONE;
            case "lz4" -> LZ4;
            case "zstd" -> ZSTD;
            default -> throw GridException.invalid("unknown compression '" + name + "' (known: none, lz4, zstd)");
        };
    }

    byte id() {
        return type.getType();
    }

    CompressionCodec codec() {
        return CommonsCompressionFactory.INSTANCE.createCodec(type);
    }
}
