package io.swarmgrid.storage.backup;

import java.util.List;

/**
 * What all parts of a backup say of it alike.
 *
 * @param formatVersion how it is laid out; a node reads its own and older ones
 * @param backupId the same in all parts of one backup
 * @param partitions into how many the metadata was cut
 * @param nodes all that wrote a part
 */
public record BackupHead(
        int formatVersion,
        String backupId,
        String name,
        String gridId,
        String gridName,
        String productVersion,
        long createdMs,
        int partitions,
        List<String> nodes) {
    public static final int FORMAT_VERSION = 1;

    public BackupHead {
        nodes = List.copyOf(nodes);
    }

    /** The same, written by these. */
    public BackupHead writtenBy(List<String> all) {
        return new BackupHead(
                formatVersion, backupId, name, gridId, gridName, productVersion, createdMs, partitions, all);
    }
}
