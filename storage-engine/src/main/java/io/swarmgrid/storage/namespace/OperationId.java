package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Names one change, so that a retry of it after a lost answer reports what happened the first time. Outcomes are
 * remembered for an hour.
 */
public record OperationId(String value) {
    private static final int DIGEST_BYTES = 20;

    public OperationId {
        if (!value.matches("[A-Za-z0-9._:/-]{1,128}")) {
            throw GridException.invalid("bad operation id: '" + value + "' (1 to 128 letters, digits, . _ : / -)");
        }
    }

    /**
     * The same caller's same operation on the same path with the same id is the same change, through whichever door it comes.
     * Null where the caller gave no id.
     *
     * @param op such as {@code file.put}
     */
    public static @Nullable OperationId of(CallContext context, String op, GridPath path, @Nullable String id) {
        if (id == null) {
            return null;
        }
        String given = new OperationId(id).value();
        String whole = context.caller().name() + '\0' + op + '\0' + path + '\0' + given;
        return new OperationId(op + ":" + HexFormat.of().formatHex(sha256(whole), 0, DIGEST_BYTES));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    /** The id a caller gave, or null where it gave none: then a retry is another operation. */
    public static @Nullable OperationId ofNullable(@Nullable String text) {
        return text == null ? null : new OperationId(text);
    }
}
