package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.PolicyAttributes;
import io.swarmgrid.storage.namespace.StoragePolicy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sets or removes one attribute of an inode. */
final class AttributeStep extends ChangeStep {
    static final int MAX_BYTES = 16 << 10;

    private static final long serialVersionUID = 1L;

    private final long id;
    private final String path;
    private final String name;
    private final @Nullable String value;
    private final long nowMs;

    AttributeStep(long id, String path, String name, @Nullable String value, long nowMs) {
        super(null);
        this.id = id;
        this.path = path;
        this.name = name;
        this.value = value;
        this.nowMs = nowMs;
    }

    @Override
    byte[] change(Tables tables) {
        Inode inode = tables.inode(id);
        if (inode == null || (name.equals(PolicyAttributes.TTL) && Torn.isRemoved(tables, id))) {
            throw new StaleException("removed meanwhile");
        }
        if (inode.isFile()) {
            refuseReserved(name, path);
        }
        StoragePolicy.check(name, value);
        Map<String, String> attributes = new LinkedHashMap<>(inode.attributes());
        if (value == null) {
            attributes.remove(name);
        } else {
            tables.requireRoom();
            attributes.put(name, value);
        }
        check(attributes, path);
        Inode changed = inode.with(inode.kind(), attributes);
        if (name.equals(PolicyAttributes.TTL) && value == null) {
            tables.expiries().drop(id);
        } else if (name.equals(PolicyAttributes.TTL)) {
            requireMortal(tables, changed);
        }
        tables.inode(id, changed);
        return Outcome.of(changed.status(path, id));
    }

    /** Refuses what would be removed at once, and what is not the grid's to remove, or not by itself. */
    private void requireMortal(Tables tables, Inode inode) {
        if (inode.isMount()) {
            throw new GridException(
                    ErrorCode.UNSUPPORTED,
                    "an outer store is mounted there, whose files have no time to live here: " + path,
                    path,
                    "have the outer store remove them",
                    null);
        }
        Inode directory = inode.isFile() ? tables.inode(inode.link().parentId()) : inode;
        if (directory != null && directory.kind() == EntryKind.DATASET) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "files of a dataset do not expire one by one: " + path,
                    path,
                    "remove the dataset as a whole with swarm rm -r",
                    null);
        }
        if (Expiries.dueMs(inode) <= nowMs) {
            throw new GridException(
                    ErrorCode.PRECONDITION_FAILED,
                    "ttl " + value + " has passed already: " + path + " was modified last at "
                            + Instant.ofEpochMilli(inode.revision().modifiedMs()),
                    path,
                    "remove the file with swarm rm, or give it a longer time",
                    null);
        }
    }

    /** Refuses attributes that are larger than all of an entry's may be. */
    static void check(Map<String, String> attributes, String path) {
        long bytes = 0;
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            if (attribute.getKey().isEmpty()) {
                throw Problems.invalid("an attribute has an empty name: " + path, path);
            }
            bytes += utf8(attribute.getKey()) + utf8(attribute.getValue());
        }
        if (bytes > MAX_BYTES) {
            throw Problems.invalid(
                    "attributes of " + bytes + " bytes, at most " + MAX_BYTES + " are allowed: " + path, path);
        }
    }

    /** The same for the attributes that a file is made with, none of which may be a directory's policy. */
    static void checkOfFile(Map<String, String> attributes, String path) {
        check(attributes, path);
        attributes.forEach((name, value) -> {
            refuseReserved(name, path);
            StoragePolicy.check(name, value);
        });
    }

    private static void refuseReserved(String name, String path) {
        if (PolicyAttributes.isReserved(name) && !name.equals(PolicyAttributes.TTL)) {
            throw Problems.invalid("attribute " + name + " is for directories, and this is a file: " + path, path);
        }
    }

    private static int utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
