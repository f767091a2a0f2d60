package io.swarmgrid.config;

import java.time.Duration;
import java.util.Optional;

/**
 * How lost replicas are made good.
 *
 * @param nodeGrace how long a lost node may take to come back before its replicas are made elsewhere
 * @param joinGrace how long a new node must stay before it counts
 * @param interval pause between two walks of a keeper over its blocks
 * @param maxConcurrent blocks that one node receives for repair at once
 * @param rateLimit bytes a second that one node receives for repair; empty means no limit of its own
 * @param spreadRate bytes a second that one node receives of blocks that are safe and only lie better there
 */
public record RepairConfig(
        Duration nodeGrace,
        Duration joinGrace,
        Duration interval,
        int maxConcurrent,
        Optional<DataSize> rateLimit,
        DataSize spreadRate) {
    public RepairConfig {
        Checks checks = new Checks()
                .between("node-grace", nodeGrace, "1s", "30d")
                .between("join-grace", joinGrace, "0s", "1d")
                .between("interval", interval, "100ms", "1d")
                .between("max-concurrent", maxConcurrent, 1, 1024)
                .between("spread-rate", spreadRate, "64KiB", "1TiB");
        rateLimit.ifPresent(rate -> checks.between("rate-limit", rate, "64KiB", "1TiB"));
        checks.done();
    }

    static RepairConfig defaults() {
        return new RepairConfig(
                Duration.ofMinutes(10),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                2,
                Optional.empty(),
                DataSize.ofMebibytes(64));
    }
}
