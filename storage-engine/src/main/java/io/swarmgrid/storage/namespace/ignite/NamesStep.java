package io.swarmgrid.storage.namespace.ignite;

import java.util.ArrayList;
import java.util.List;

/** The first names of a directory. */
final class NamesStep extends Step {
    private static final long serialVersionUID = 1L;

    private final long directoryId;
    private final int limit;

    NamesStep(long directoryId, int limit) {
        this.directoryId = directoryId;
        this.limit = limit;
    }

    @Override
    byte[] run(Tables tables) {
        List<NameIndex.Named> page = tables.names(directoryId, null, limit);
        RecordWriter out = new RecordWriter(32 * page.size() + 8).count(page.size());
        page.forEach(named -> out.text(named.name()));
        return out.done();
    }

    static List<String> decode(byte[] bytes) {
        RecordReader in = new RecordReader(bytes);
        int size = in.size();
        List<String> names = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            names.add(in.text());
        }
        return names;
    }
}
