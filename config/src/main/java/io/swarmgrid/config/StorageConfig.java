package io.swarmgrid.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How bytes are kept.
 *
 * @param tiers where blocks lie, best first; none means one tier inside the data directory
 * @param reserveFree room of each tier that is never filled with blocks
 * @param replicas copies of a block where its path asks for no other number
 * @param minReplicas copies that must hold a write before it is acknowledged; a smaller grid uses all its nodes
 * @param durability what an acknowledged write survives where its path asks for nothing else
 * @param blockSize where a file is cut into blocks
 * @param chunkSize how much of a block is read, checked, sent and acknowledged at once
 * @param inlineSize files up to this size live in the metadata and touch no block; 0 turns that off
 * @param maxOpenWriters files open for writing on one node; the next one is refused
 * @param readBuffers memory for chunks on their way from disk to network, and the other way; the pool's bound
 * @param shortCircuit whether a client on this machine reads and writes block files itself instead of having the bytes sent, and
 *     calls by a socket of the machine
 * @param leaseDuration how long a silent writer keeps its file
 * @param trashGrace how long the bytes of a removed file stay before they are reclaimed
 * @param ttlSweepInterval how often files are looked for whose time to live has passed
 * @param orphanGrace how long a block file that no metadata knows of stays
 * @param scrub how blocks at rest are checked
 * @param cache near copies of blocks
 * @param outer stores outside of the grid
 */
public record StorageConfig(
        List<TierConfig> tiers,
        Reserve reserveFree,
        int replicas,
        int minReplicas,
        Durability durability,
        DataSize blockSize,
        DataSize chunkSize,
        DataSize inlineSize,
        int maxOpenWriters,
        DataSize readBuffers,
        boolean shortCircuit,
        Duration leaseDuration,
        Duration trashGrace,
        Duration ttlSweepInterval,
        Duration orphanGrace,
        ScrubConfig scrub,
        CacheConfig cache,
        OuterConfig outer) {
    public StorageConfig {
        tiers = List.copyOf(tiers);
        List<Path> paths = tiers.stream()
                .map(tier -> tier.path().toAbsolutePath().normalize())
                .toList();
        new Checks()
                .that(tiers.size() <= 64, "tiers", tiers.size() + " tiers, expected at most 64")
                .that(paths.stream().distinct().count() == paths.size(), "tiers", "one path twice: " + paths)
                .between("replicas", replicas, 1, 16)
                .between("min-replicas", minReplicas, 1, 16)
                .that(
                        minReplicas <= replicas,
                        "min-replicas",
                        minReplicas + ", expected at most storage.replicas=" + replicas)
                .between("block-size", blockSize, "64KiB", "4GiB")
                .between("chunk-size", chunkSize, "64KiB", "64MiB")
                .that(
                        blockSize.bytes() % chunkSize.bytes() == 0,
                        "block-size",
                        blockSize + ", expected a multiple of storage.chunk-size=" + chunkSize)
                .that(
                        chunkSize.bytes() % (64 << 10) == 0,
                        "chunk-size",
                        chunkSize + ", expected a multiple of 64KiB, the span of one checksum")
                .between("inline-size", inlineSize, "0B", "64KiB")
                .between("max-open-writers", maxOpenWriters, 1, 1_000_000)
                .between("read-buffers", readBuffers, "1MiB", "1TiB")
                .that(
                        readBuffers.bytes() >= 4 * chunkSize.bytes(),
                        "read-buffers",
                        readBuffers + ", expected at least four of storage.chunk-size=" + chunkSize)
                .between("lease-duration", leaseDuration, "1s", "1h")
                .between("trash-grace", trashGrace, "0s", "365d")
                .between("ttl-sweep-interval", ttlSweepInterval, "1s", "1d")
                .between("orphan-grace", orphanGrace, "1s", "365d")
                .that(
                        orphanGrace.compareTo(leaseDuration) > 0,
                        "orphan-grace",
                        Durations.format(orphanGrace) + ", expected longer than storage.lease-duration="
                                + Durations.format(leaseDuration))
                .done();
    }

    static StorageConfig defaults() {
        return new StorageConfig(
                List.of(),
                Reserve.ofPercent(5),
                2,
                2,
                Durability.POWER,
                DataSize.ofMebibytes(64),
                DataSize.ofMebibytes(1),
                DataSize.ofKibibytes(4),
                1024,
                DataSize.ofMebibytes(256),
                true,
                Duration.ofSeconds(60),
                Duration.ofMinutes(10),
                Duration.ofMinutes(1),
                Duration.ofHours(1),
                ScrubConfig.defaults(),
                CacheConfig.defaults(),
                OuterConfig.defaults());
    }
}
