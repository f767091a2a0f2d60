package io.swarmgrid.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The configuration of one node. The components are the keys of the YAML file in kebab-case; {@code reference.yaml}
 * beside this class names each with its default. Immutable.
 */
public record SwarmConfig(
        GridConfig grid,
        NodeConfig node,
        ListenConfig listen,
        StorageConfig storage,
        MetadataConfig metadata,
        RepairConfig repair,
        QuorumConfig quorum,
        QosConfig qos,
        SecurityConfig security,
        TasksConfig tasks,
        BackupConfig backup,
        LimitsConfig limits) {
    public SwarmConfig {
        boolean memoryTier = storage.tiers().stream().anyMatch(tier -> tier.medium() == Medium.MEM);
        new Checks()
                .that(
                        storage.durability() != Durability.POWER || metadata.durability() == Durability.POWER,
                        "storage.durability",
                        "power, expected at most metadata.durability=process: a file would outlive its name")
                .that(
                        storage.durability() != Durability.MEMORY || memoryTier,
                        "storage.durability",
                        "memory, expected a tier of medium mem in storage.tiers")
                .that(
                        storage.chunkSize().compareTo(limits.messageSize()) <= 0,
                        "storage.chunk-size",
                        storage.chunkSize() + ", expected at most limits.message-size=" + limits.messageSize())
                .done();
    }

    public static SwarmConfig defaults() {
        return new SwarmConfig(
                GridConfig.defaults(),
                NodeConfig.defaults(),
                ListenConfig.defaults(),
                StorageConfig.defaults(),
                MetadataConfig.defaults(),
                RepairConfig.defaults(),
                QuorumConfig.defaults(),
                QosConfig.defaults(),
                SecurityConfig.defaults(),
                TasksConfig.defaults(),
                BackupConfig.defaults(),
                LimitsConfig.defaults());
    }

    /**
     * This configuration with some keys changed: dotted key to text, as on the command line
     * ({@code storage.block-size} to {@code 1MiB}). Throws {@link ConfigException} listing every key that is unknown and
     * every value that does not fit.
     */
    public SwarmConfig with(Map<String, String> overrides) {
        return new ConfigLoader(Map.of()).load(this, Optional.empty(), overrides);
    }

    /** The node's name: as configured, or the name of the machine up to its first dot, or {@code local}. */
    public String nodeName() {
        return node.name().orElseGet(SwarmConfig::machineName);
    }

    /** The host under which others reach this node: as configured, or where it listens, or the machine's name. */
    public String advertisedHost() {
        return node.advertise()
                .orElseGet(() -> listen.flight().isWildcard()
                        ? machineName()
                        : listen.flight().host());
    }

    /** The tiers of this node: as configured, or one without a limit in the data directory. */
    public List<TierConfig> blockTiers() {
        return storage.tiers().isEmpty()
                ? List.of(new TierConfig(Medium.SSD, node.data().resolve("blocks"), Optional.empty()))
                : storage.tiers();
    }

    /** Where attempts get their scratch directories. */
    public Path tasksDirectory() {
        return tasks.workDir().orElseGet(() -> node.data().resolve("tasks"));
    }

    /** Where this node writes its part of a backup when no directory is named. */
    public Path backupDirectory() {
        return backup.directory()
                .orElseGet(() -> node.data().resolve("backups"))
                .toAbsolutePath()
                .normalize();
    }

    /** Whether only this machine can reach the node. */
    public boolean isLoopbackOnly() {
        return Stream.of(listen.flight(), listen.grid(), listen.transport(), listen.http())
                .allMatch(HostPort::isLoopback);
    }

    /** Whether this node runs programs for callers: as configured, or only while it is on loopback. */
    public boolean tasksAllowed() {
        return tasks.enabled().orElseGet(this::isLoopbackOnly);
    }

    private static String machineName() {
        try {
            String name = InetAddress.getLocalHost().getHostName().split("\\.", 2)[0];
            return name.matches("[A-Za-z0-9][A-Za-z0-9_-]{0,63}") ? name : "local";
        } catch (UnknownHostException e) {
            return "local";
        }
    }
}
