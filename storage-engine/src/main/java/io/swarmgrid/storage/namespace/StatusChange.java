package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.GridException;
import org.jspecify.annotations.Nullable;

/**
 * What of an entry's status changes; null leaves it. None of it decides yet who may do what.
 *
 * @param permission the twelve bits of Unix
 */
public record StatusChange(
        @Nullable String owner,
        @Nullable String group,
        @Nullable Integer permission,
        @Nullable Long modifiedMs) {
    public static final int MAX_PERMISSION = 07777;
    private static final int MAX_NAME_CHARACTERS = 255;

    public StatusChange {
        if (owner != null && owner.isEmpty()) {
            throw GridException.invalid("bad owner: empty");
        }
        requireShort("owner", owner);
        requireShort("group", group);
        if (permission != null && (permission < 0 || permission > MAX_PERMISSION)) {
            throw GridException.invalid("bad permission: " + permission + ", expected 0 to " + MAX_PERMISSION);
        }
        if (modifiedMs != null && modifiedMs < 0) {
            throw GridException.invalid("bad modified_ms: " + modifiedMs);
        }
    }

    private static void requireShort(String what, @Nullable String name) {
        if (name != null && name.length() > MAX_NAME_CHARACTERS) {
            throw GridException.invalid("bad " + what + ": " + name.length() + " characters, at most "
                    + MAX_NAME_CHARACTERS + " are allowed");
        }
    }
}
