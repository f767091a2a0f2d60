package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code fs.fill}: an empty, closed file gets its bytes, which are few.
 *
 * @param path what it was called last; its id says which file is meant, wherever it is by now
 * @param content in Base64
 * @param crc32c of the bytes, as {@code fs.checksum} writes it; null where it is not to be checked
 * @param modifiedMs when it was changed; null for now
 */
public record FillFile(
        String path,
        long id,
        String content,
        @Nullable String crc32c,
        @Nullable Long modifiedMs,
        @Nullable String operationId) {
    /** With these bytes and their checksum. */
    public static FillFile of(FileStatus file, byte[] bytes, @Nullable Long modifiedMs, @Nullable String operationId) {
        return new FillFile(
                file.path(),
                file.id(),
                SmallContent.encode(bytes),
                SmallContent.crc32c(bytes),
                modifiedMs,
                operationId);
    }

    /** The bytes; throws INVALID_ARGUMENT, CORRUPT_INPUT where they are none, or not those that were sent. */
    public byte[] bytes() {
        return SmallContent.decode(content, crc32c, path);
    }
}
