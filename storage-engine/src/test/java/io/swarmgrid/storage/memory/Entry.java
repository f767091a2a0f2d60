package io.swarmgrid.storage.memory;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is at a path, with a file's bytes. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Entry(long id, EntryKind kind, byte[] bytes, long version, String owner, Map<String, String> attributes) {
    private static final int REPLICAS = 2;

    Entry {
        attributes = Map.copyOf(attributes);
    }

    Entry with(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(attributes);
        all.putAll(more);
        return new Entry(id, kind, bytes, version, owner, all);
    }

    Entry with(String name, @Nullable String value) {
        Map<String, String> all = new HashMap<>(attributes);
        all.remove(name);
        if (value != null) {
            all.put(name, value);
        }
        return new Entry(id, kind, bytes, version, owner, all);
    }

    Entry published(EntryKind as, long newVersion, Map<String, String> more) {
        return new Entry(id, as, bytes, newVersion, owner, attributes).with(more);
    }

    FileStatus status(GridPath path) {
        boolean file = kind == EntryKind.FILE;
        return new FileStatus(
                path.toString(),
                kind,
                id,
                bytes.length,
                version,
                1,
                1,
                owner,
                REPLICAS,
                file ? "sealed" : null,
                attributes);
    }
}
