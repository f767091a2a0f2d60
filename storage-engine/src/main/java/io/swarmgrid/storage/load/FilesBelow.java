package io.swarmgrid.storage.load;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.namespace.EntriesOf;
import io.swarmgrid.storage.namespace.Files;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The files at and below a path, depth first, in order of name. What is removed meanwhile is passed over. Confined to one thread. */
final class FilesBelow {
    private final Files files;
    private final Deque<EntriesOf> open = new ArrayDeque<>();
    private @Nullable FileStatus single;

    /** @throws io.swarmgrid.client.GridException NOT_FOUND */
    FilesBelow(Files files, GridPath top) {
        this.files = files;
        FileStatus entry = files.stat(top);
        if (entry.kind() == EntryKind.FILE) {
            single = entry;
        } else {
            open.push(new EntriesOf(files, top, null));
        }
    }

    /** Null behind the last one. */
    @Nullable
    FileStatus next() {
        FileStatus found = single;
        single = null;
        while (found == null && !open.isEmpty()) {
            FileStatus entry = open.element().next();
            if (entry == null) {
                open.pop();
            } else if (entry.kind() == EntryKind.FILE) {
                found = entry;
            } else {
                open.push(new EntriesOf(files, GridPath.parse(entry.path()), null));
            }
        }
        return found;
    }
}
