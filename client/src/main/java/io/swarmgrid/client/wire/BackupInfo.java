package io.swarmgrid.client.wire;

import java.util.List;

/**
 * A backup of the metadata, as the nodes that are up find it.
 *
 * @param backupId names it among all that ever had its name
 * @param gridId the grid that it was made of
 * @param sizeBytes of the files in it, as readers saw them
 * @param storedBytes of the backup itself, all parts together
 * @param parts what was found, in order of node
 * @param missingParts nodes that wrote a part which is not found now
 * @param whole whether what is found has every name, whichever parts are missing
 */
public record BackupInfo(
        String name,
        String backupId,
        String gridId,
        String productVersion,
        long createdMs,
        long files,
        long directories,
        long sizeBytes,
        long storedBytes,
        List<Part> parts,
        List<String> missingParts,
        boolean whole) {
    public BackupInfo {
        parts = List.copyOf(parts);
        missingParts = List.copyOf(missingParts);
    }

    /**
     * What one node wrote.
     *
     * @param path where it was found
     * @param seenBy the node that found it: another one only where the directory is shared
     * @param besideData whether it lies on the disk that has the node's own metadata: lost with it
     */
    public record Part(String node, String path, String seenBy, long storedBytes, boolean besideData) {}
}
