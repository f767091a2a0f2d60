package io.swarmgrid.storage.namespace.ignite;

import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/** Two checks of the same bytes, so that what differs differs in one of them. Confined to one thread. */
final class RowDigest {
    private final CRC32C first = new CRC32C();
    private final CRC32 second = new CRC32();

    /** Of all of them, one behind the other. */
    long of(byte[]... parts) {
        first.reset();
        second.reset();
        for (byte[] part : parts) {
            first.update(part);
            second.update(part);
        }
        return first.getValue() << Integer.SIZE | second.getValue();
    }
}
