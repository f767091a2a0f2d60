package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code fs.put}: a small file becomes visible as a whole.
 *
 * @param content in Base64
 * @param crc32c of the bytes, as {@code fs.checksum} writes it; null where it is not to be checked
 * @param overwrite null for false
 * @param putId lets it happen once, also where the same was begun as a stream
 * @param durability {@code memory}, {@code process} or {@code power}; null for the path's
 */
public record SmallPut(
        String path,
        String content,
        @Nullable String crc32c,
        @Nullable Boolean overwrite,
        @Nullable String putId,
        @Nullable Integer replicas,
        @Nullable String durability) {
    /** With these bytes and their checksum. */
    public static SmallPut of(FilePut put, byte[] bytes) {
        return new SmallPut(
                put.path(),
                SmallContent.encode(bytes),
                SmallContent.crc32c(bytes),
                put.overwrite(),
                put.putId(),
                put.replicas(),
                put.durability());
    }

    /** What the same is asked by where its bytes come as a stream. */
    public FilePut file() {
        return new FilePut(path, overwrite, putId, replicas, durability);
    }

    /** The bytes; throws INVALID_ARGUMENT, CORRUPT_INPUT where they are none, or not those that were sent. */
    public byte[] bytes() {
        return SmallContent.decode(content, crc32c, path);
    }
}
