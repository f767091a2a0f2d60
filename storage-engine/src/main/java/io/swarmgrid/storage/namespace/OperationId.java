package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.GridException;
import org.jspecify.annotations.Nullable;

/**
 * Names one change, so that a retry of it after a lost answer reports what happened the first time. Outcomes are
 * remembered for an hour.
 */
public record OperationId(String value) {
    public OperationId {
        if (!value.matches("[A-Za-z0-9._:/-]{1,128}")) {
            throw GridException.invalid("bad operation id: '" + value + "' (1 to 128 letters, digits, . _ : / -)");
        }
    }

    /** The id a caller gave, or null where it gave none: then a retry is another operation. */
    public static @Nullable OperationId ofNullable(@Nullable String text) {
        return text == null ? null : new OperationId(text);
    }
}
