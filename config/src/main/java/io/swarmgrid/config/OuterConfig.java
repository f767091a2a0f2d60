package io.swarmgrid.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Stores outside of the grid that can be mounted into its namespace.
 *
 * @param allowed the addresses that a mount may have, or begin with; none where nothing may be mounted
 * @param hadoopConf a file of Hadoop's settings, or a directory that has core-site.xml and hdfs-site.xml
 * @param statusTtl how old what is known of an entry of such a store may be
 * @param patience how long a store that does not answer is asked again
 * @param pageSize how much of a file is had at once, and kept near
 * @param maxMounts how many there may be in the grid
 * @param maxListed names of such stores that a node keeps in memory, and entries that are added up for one question
 */
public record OuterConfig(
        List<String> allowed,
        Optional<Path> hadoopConf,
        Duration statusTtl,
        Duration patience,
        DataSize pageSize,
        int maxMounts,
        int maxListed) {
    public OuterConfig {
        allowed = List.copyOf(allowed);
        Checks checks = new Checks()
                .between("status-ttl", statusTtl, "0s", "1h")
                .between("patience", patience, "1s", "10m")
                .between("page-size", pageSize, "64KiB", "16MiB")
                .that(
                        pageSize.bytes() % (64 << 10) == 0,
                        "page-size",
                        pageSize + ", expected a multiple of 64KiB, the span of one checksum")
                .between("max-mounts", maxMounts, 1, 256)
                .between("max-listed", maxListed, 1_000, 100_000_000);
        for (String each : allowed) {
            checks.that(
                    each.matches("[A-Za-z][A-Za-z0-9+.-]*:/.*"),
                    "allowed",
                    "\"" + each + "\", expected an address such as file:///data or s3a://bucket/sets");
        }
        checks.done();
    }

    static OuterConfig defaults() {
        return new OuterConfig(
                List.of(),
                Optional.empty(),
                Duration.ofSeconds(1),
                Duration.ofSeconds(30),
                DataSize.ofMebibytes(1),
                256,
                200_000);
    }
}
