package io.swarmgrid.client.data;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;

/**
 * Tells by its entries whether a directory is a dataset of Parquet files: there is one at least, and nothing else. Entries whose names
 * begin with an underscore or a dot do not count, as everywhere in Hadoop, and what is still being written is not read. Not thread-safe.
 */
public final class ParquetDirectory {
    private static final String SUFFIX = ".parquet";

    private boolean other;
    private boolean parts;

    /** Whether a file in such a directory is one of its parts. */
    public static boolean isPart(FileStatus entry) {
        return !isHidden(entry) && isParquet(entry) && !isOpen(entry);
    }

    /** Tells of one entry more. */
    public void add(FileStatus entry) {
        if (!isHidden(entry)) {
            other |= !isParquet(entry);
            parts |= isPart(entry);
        }
    }

    /** Whether there is something else: no further entry changes what {@link #isDataset} says. */
    public boolean hasOther() {
        return other;
    }

    public boolean isDataset() {
        return parts && !other;
    }

    private static boolean isParquet(FileStatus entry) {
        return entry.kind() == EntryKind.FILE && entry.path().endsWith(SUFFIX);
    }

    private static boolean isOpen(FileStatus entry) {
        return "open".equals(entry.state());
    }

    private static boolean isHidden(FileStatus entry) {
        char first = entry.path().charAt(entry.path().lastIndexOf('/') + 1);
        return first == '_' || first == '.';
    }
}
