package io.swarmgrid.storage.namespace.ignite;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A name in a directory. The empty name is the directory's guard. The name is bytes, because Ignite's index orders bytes as
 * listings do, unsigned, and texts by UTF-16 units. A plain class: Ignite cannot marshal records.
 */
final class DentryKey {
    static final String PARENT_FIELD = "parentId";
    static final String NAME_FIELD = "name";

    private static final byte[] GUARD = {};

    private final long parentId;
    private final byte[] name;

    private DentryKey(long parentId, byte[] name) {
        this.parentId = parentId;
        this.name = name;
    }

    static DentryKey of(long parentId, String name) {
        return new DentryKey(parentId, name.getBytes(StandardCharsets.UTF_8));
    }

    static DentryKey guard(long directoryId) {
        return new DentryKey(directoryId, GUARD);
    }

    long parentId() {
        return parentId;
    }

    String name() {
        return new String(name, StandardCharsets.UTF_8);
    }

    boolean isGuard() {
        return Arrays.equals(name, GUARD);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DentryKey that && that.parentId == parentId && Arrays.equals(that.name, name);
    }

    @Override
    public int hashCode() {
        return 31 * Long.hashCode(parentId) + Arrays.hashCode(name);
    }

    @Override
    public String toString() {
        return Long.toHexString(parentId) + "/" + new String(name, StandardCharsets.UTF_8);
    }
}
