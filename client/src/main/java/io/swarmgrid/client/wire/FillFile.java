package io.swarmgrid.client.wire;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.CRC32C;
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
        String content = Base64.getEncoder().encodeToString(bytes);
        return new FillFile(file.path(), file.id(), content, crc32c(bytes), modifiedMs, operationId);
    }

    /** The bytes; throws INVALID_ARGUMENT, CORRUPT_INPUT where they are none, or not those that were sent. */
    public byte[] bytes() {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(content);
        } catch (IllegalArgumentException e) {
            throw GridException.invalid("bad content, which is no Base64: " + path);
        }
        if (crc32c != null && !crc32c.equals(crc32c(bytes))) {
            throw new GridException(ErrorCode.CORRUPT_INPUT, "bytes were damaged on the way: path=" + path);
        }
        return bytes;
    }

    private static String crc32c(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
