package io.swarmgrid.storage.backup;

import java.util.List;

/**
 * What one node wrote of a backup.
 *
 * @param formatVersion how it is laid out; a node reads its own and older ones
 * @param backupId the same in all parts of one backup
 * @param folder the node's directory within the backup
 * @param partitions into how many the metadata was cut
 * @param nodes all that wrote a part
 * @param sums what is in the part, partition by partition
 * @param storedBytes of its files
 * @param besideData whether it lay on the disk of the node's own metadata when it was written
 */
public record BackupPart(
        int formatVersion,
        String backupId,
        String name,
        String gridId,
        String gridName,
        String productVersion,
        long createdMs,
        String node,
        String folder,
        int partitions,
        List<String> nodes,
        List<Sum> sums,
        long storedBytes,
        boolean besideData) {
    public static final int FORMAT_VERSION = 1;

    public BackupPart {
        nodes = List.copyOf(nodes);
        sums = List.copyOf(sums);
    }

    /**
     * What is in a partition: the same in every part that has it.
     *
     * @param hash over all rows, in whatever order they come
     */
    public record Sum(int partition, long rows, long hash, long files, long directories, long sizeBytes) {}

    /** Of a node. */
    public BackupPart of(String owner, String itsFolder) {
        return new BackupPart(
                formatVersion,
                backupId,
                name,
                gridId,
                gridName,
                productVersion,
                createdMs,
                owner,
                itsFolder,
                partitions,
                nodes,
                sums,
                storedBytes,
                besideData);
    }

    /** Together with these. */
    public BackupPart writtenBy(List<String> all) {
        return new BackupPart(
                formatVersion,
                backupId,
                name,
                gridId,
                gridName,
                productVersion,
                createdMs,
                node,
                folder,
                partitions,
                all,
                sums,
                storedBytes,
                besideData);
    }

    /** With what is in it. */
    public BackupPart filled(List<Sum> counted, long stored, boolean beside) {
        return new BackupPart(
                formatVersion,
                backupId,
                name,
                gridId,
                gridName,
                productVersion,
                createdMs,
                node,
                folder,
                partitions,
                nodes,
                counted,
                stored,
                beside);
    }
}
