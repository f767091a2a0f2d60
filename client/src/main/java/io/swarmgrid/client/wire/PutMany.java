package io.swarmgrid.client.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The request of {@code fs.put_many}: small files of one directory become visible together, or none does.
 *
 * @param path of the directory, which is made where it is missing
 * @param overwrite null for false
 * @param replicas null for the default of the grid
 * @param durability {@code memory}, {@code process} or {@code power}; null for the path's
 */
public record PutMany(
        String path,
        List<File> files,
        @Nullable Boolean overwrite,
        @Nullable Integer replicas,
        @Nullable String durability,
        @Nullable String operationId) {
    public PutMany {
        files = List.copyOf(files);
    }

    /**
     * One of them.
     *
     * @param content in Base64
     * @param crc32c of the bytes, as {@code fs.checksum} writes it; null where it is not to be checked
     */
    public record File(
            String name, String content, @Nullable String crc32c) {
        /** With these bytes and their checksum. */
        public static File of(String name, byte[] bytes) {
            return new File(name, SmallContent.encode(bytes), SmallContent.crc32c(bytes));
        }

        /** The bytes; throws INVALID_ARGUMENT, CORRUPT_INPUT where they are none, or not those that were sent. */
        public byte[] bytes() {
            return SmallContent.decode(content, crc32c, name);
        }
    }
}
