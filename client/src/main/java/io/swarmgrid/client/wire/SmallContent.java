package io.swarmgrid.client.wire;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** How the bytes of a small file travel within JSON. */
final class SmallContent {
    private SmallContent() {}

    static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /**
     * @param crc32c of the bytes; null where it is not to be checked
     * @throws GridException INVALID_ARGUMENT, CORRUPT_INPUT where they are none, or not those that were sent
     */
    static byte[] decode(String content, @Nullable String crc32c, String path) {
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

    static String crc32c(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
