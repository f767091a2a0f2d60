package io.swarmgrid.storage.backup;

import java.util.List;

/**
 * What one node wrote of a backup. Flat, as it lies on disks: what its {@link #head} says, and what is in this part.
 *
 * @param folder the node's directory within the backup
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

    /**
     * What a node has written.
     *
     * @param storedBytes of its files
     * @param besideData whether they are on the disk of the node's own metadata
     */
    public record Content(List<Sum> sums, long storedBytes, boolean besideData) {
        private static final Content NONE = new Content(List.of(), 0, false);
    }

    /** One that is still to be written, by whichever node. */
    public static BackupPart of(BackupHead head) {
        return of(head, "", "", Content.NONE);
    }

    public static BackupPart of(BackupHead head, String node, String folder, Content content) {
        return new BackupPart(
                head.formatVersion(),
                head.backupId(),
                head.name(),
                head.gridId(),
                head.gridName(),
                head.productVersion(),
                head.createdMs(),
                node,
                folder,
                head.partitions(),
                head.nodes(),
                content.sums,
                content.storedBytes,
                content.besideData);
    }

    /** What all parts of the backup say alike. */
    public BackupHead head() {
        return new BackupHead(
                formatVersion, backupId, name, gridId, gridName, productVersion, createdMs, partitions, nodes);
    }
}
