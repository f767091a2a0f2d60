package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * Who writes a visible file, whichever node the writing goes through: a file keeps it until somebody else opens it for writing or takes it
 * from him, and so he alone can go on where his node was lost.
 *
 * @param value a digest of what the writer calls itself, which it tells nobody else; 0 for one that does not come back
 */
public record WriterId(long value) {
    public static final WriterId NONE = new WriterId(0);

    private static final int MAX_CHARS = 128;

    /** @param given what the writer calls itself; null for one that does not come back */
    public static WriterId of(CallContext context, @Nullable String given) {
        if (given == null) {
            return NONE;
        }
        if (given.isEmpty() || given.length() > MAX_CHARS) {
            throw GridException.invalid("bad put_id: 1 to " + MAX_CHARS + " characters");
        }
        String whole = context.caller().name() + "\0writer\0" + given;
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(whole.getBytes(StandardCharsets.UTF_8));
            long value = ByteBuffer.wrap(digest).getLong();
            return new WriterId(value == 0 ? 1 : value);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    public boolean isNone() {
        return value == 0;
    }
}
