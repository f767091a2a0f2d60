package io.swarmgrid.config;

import java.time.Duration;

/**
 * How names, inodes and block records are kept. One for the whole grid, but for {@code regionSize}.
 *
 * @param durability what a metadata change survives: {@link Durability#PROCESS} or {@link Durability#POWER}
 * @param regionSize memory of the metadata engine on this node; what does not fit is read from disk
 * @param partitions into how many parts the metadata is cut; cannot change once a grid holds data
 * @param backups copies of every entry beside the first, independent of {@code storage.replicas}
 * @param walSegmentSize size of a segment of the write-ahead log
 * @param checkInterval from one comparison of all copies to the next
 */
public record MetadataConfig(
        Durability durability,
        DataSize regionSize,
        int partitions,
        int backups,
        DataSize walSegmentSize,
        Duration checkInterval) {
    public MetadataConfig {
        new Checks()
                .that(durability != Durability.MEMORY, "durability", "memory, expected one of: process, power")
                .between("region-size", regionSize, "32MiB", "1TiB")
                .between("partitions", partitions, 1, 65_000)
                .between("backups", backups, 0, 8)
                .between("wal-segment-size", walSegmentSize, "1MiB", "1GiB")
                .between("check-interval", checkInterval, "1s", "365d")
                .done();
    }

    static MetadataConfig defaults() {
        return new MetadataConfig(
                Durability.POWER, DataSize.ofMebibytes(256), 128, 2, DataSize.ofMebibytes(16), Duration.ofDays(1));
    }
}
