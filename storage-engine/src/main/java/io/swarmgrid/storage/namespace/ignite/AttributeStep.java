package io.swarmgrid.storage.namespace.ignite;

import java.nio.charset.StandardCharsets;
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

    AttributeStep(long id, String path, String name, @Nullable String value) {
        super(null);
        this.id = id;
        this.path = path;
        this.name = name;
        this.value = value;
    }

    @Override
    byte[] change(Tables tables) {
        Inode inode = tables.inode(id);
        if (inode == null) {
            throw new StaleException("removed meanwhile");
        }
        Map<String, String> attributes = new LinkedHashMap<>(inode.attributes());
        if (value == null) {
            attributes.remove(name);
        } else {
            attributes.put(name, value);
        }
        check(attributes, path);
        Inode changed = inode.with(inode.kind(), attributes);
        tables.inode(id, changed);
        return Outcome.of(changed.status(path, id));
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

    private static int utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
