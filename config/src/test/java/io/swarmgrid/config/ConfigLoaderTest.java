package io.swarmgrid.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigLoaderTest {
    /** Every key, with a value that is not its default. */
    private static final String FULL = """
            grid:
              name: lab
              seeds: [n1:7071, "[fe80::2]:7071"]
              join-timeout: 90s
              failure-timeout: 3s
            node: {name: n1, zone: rack-a, advertise: n1.lab, data: /var/lib/swarm, witness: true, recover: true}
            listen: {flight: "0.0.0.0:8070", grid: "10.0.0.1:8071", transport: "10.0.0.1:8073", http: "127.0.0.1:8072"}
            storage:
              tiers:
                - {medium: mem, path: /dev/shm/swarm, capacity: 64GiB}
                - {medium: ssd, path: /nvme0/swarm}
              reserve-free: 20GiB
              replicas: 3
              min-replicas: 1
              durability: memory
              block-size: 32MiB
              chunk-size: 512KiB
              inline-size: 0
              max-open-writers: 5
              read-buffers: 128MiB
              short-circuit: false
              lease-duration: 30s
              trash-grace: 1d
              ttl-sweep-interval: 30s
              orphan-grace: 2h
              scrub: {rate: 8MiB, interval: 3d}
              cache:
                share: 10GiB
                headroom: 7%
                max-entries: 5
                max-fetches: 3
                max-loads: 9
                pin-share: 1GiB
                hot-rate: 30
                hot-copies: 4
                hot-linger: 1h
              outer:
                allowed: [file:///data, "s3a://bucket/sets"]
                hadoop-conf: /etc/hadoop
                status-ttl: 5s
                patience: 10s
                page-size: 256KiB
                max-mounts: 8
                max-listed: 5000
            metadata: {durability: process, region-size: 1GiB, partitions: 64, backups: 1, wal-segment-size: 64MiB, check-interval: 2h}
            backup: {every: 6h, keep: 3, directory: /mnt/backups}
            repair: {node-grace: 5s, join-grace: 1s, interval: 500ms, max-concurrent: 7, rate-limit: 50MiB, spread-rate: 20MiB}
            quorum: {tiebreak: n1}
            qos:
              default-class: bulk
              outstanding-bytes: 8MiB
              max-wait: 7s
              classes:
                realtime: {reservation: 40%, weight: 32, limit: 90%, queue-bound: 8, dscp: 45}
                interactive: {reservation: 100MiB/s, weight: 7, limit: 800MiB/s, queue-bound: 9, dscp: 1}
                bulk: {reservation: 1%, weight: 5, limit: 80%, queue-bound: 10, dscp: 2}
                background: {reservation: 0%, weight: 2, limit: 30%, queue-bound: 11, dscp: 3}
                archive: {weight: 1}
            security:
              tls: {cert: /etc/swarm/node.crt, key: /etc/swarm/node.key, ca: /etc/swarm/ca.crt}
              tokens-file: /etc/swarm/tokens
              insecure: true
              ticket-lifetime: 1m
            tasks: {enabled: false, slots: 3, work-dir: /scratch, max-queued: 4, max-output: 5MiB, keep-finished: 6, keep-for: 1h}
            limits:
              message-size: 1MiB
              inbound-message-size: 64MiB
              request-size: 1MiB
              header-size: 16KiB
              list-page: 10
              max-streams: 20
              max-sessions: 30
              session-idle: 5m
              parquet-memory: 1GiB
            """;

    @TempDir
    private Path folder;

    @Test
    void readsEveryKey() {
        SwarmConfig config = parse(FULL);
        Map<String, Object> defaults = Flat.of(SwarmConfig.defaults());
        Map<String, Object> values = Flat.of(config);
        assertThat(values.keySet())
                .containsAll(Keys.of(SwarmConfig.class).leaves().stream()
                        .filter(key -> !key.contains("*"))
                        .toList());
        values.forEach(
                (key, value) -> assertThat(value).as("%s has its default", key).isNotEqualTo(defaults.get(key)));
    }

    @Test
    void givesEveryKeyItsOwnValue() {
        SwarmConfig config = parse(FULL);
        assertThat(config.grid().seeds()).containsExactly(new HostPort("n1", 7071), new HostPort("fe80::2", 7071));
        assertThat(config.grid().joinTimeout()).isEqualTo(Duration.ofSeconds(90));
        assertThat(config.grid().failureTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.node())
                .isEqualTo(new NodeConfig(
                        Optional.of("n1"), "rack-a", Optional.of("n1.lab"), Path.of("/var/lib/swarm"), true, true));
        assertThat(config.listen().grid()).isEqualTo(new HostPort("10.0.0.1", 8071));
        assertThat(config.storage().tiers())
                .containsExactly(
                        new TierConfig(Medium.MEM, Path.of("/dev/shm/swarm"), Optional.of(DataSize.ofGibibytes(64))),
                        new TierConfig(Medium.SSD, Path.of("/nvme0/swarm"), Optional.empty()));
        assertThat(config.storage().reserveFree()).isEqualTo(Reserve.ofSize(DataSize.ofGibibytes(20)));
        assertThat(config.storage().orphanGrace()).isEqualTo(Duration.ofHours(2));
        assertThat(config.storage().scrub()).isEqualTo(new ScrubConfig(DataSize.ofMebibytes(8), Duration.ofDays(3)));
        assertThat(config.storage().cache())
                .isEqualTo(new CacheConfig(
                        Reserve.ofSize(DataSize.parse("10GiB")),
                        Reserve.ofPercent(7),
                        5,
                        3,
                        9,
                        Reserve.ofSize(DataSize.parse("1GiB")),
                        30,
                        4,
                        Duration.ofHours(1)));
        assertThat(config.storage().outer())
                .isEqualTo(new OuterConfig(
                        List.of("file:///data", "s3a://bucket/sets"),
                        Optional.of(Path.of("/etc/hadoop")),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(10),
                        DataSize.ofKibibytes(256),
                        8,
                        5000));
        assertThat(config.metadata())
                .isEqualTo(new MetadataConfig(
                        Durability.PROCESS,
                        DataSize.ofGibibytes(1),
                        64,
                        1,
                        DataSize.ofMebibytes(64),
                        Duration.ofHours(2)));
        assertThat(config.backup())
                .isEqualTo(new BackupConfig(Optional.of(Duration.ofHours(6)), 3, Optional.of(Path.of("/mnt/backups"))));
        assertThat(config.repair().rateLimit()).contains(DataSize.ofMebibytes(50));
        assertThat(config.repair().spreadRate()).isEqualTo(DataSize.ofMebibytes(20));
        assertThat(config.qos().classes())
                .containsEntry("bulk", new QosClassConfig(Share.ofPercent(1), 5, Share.ofPercent(80), 10, 2))
                .containsEntry("archive", new QosClassConfig(Share.ofPercent(0), 1, Share.ofPercent(100), 1024, 0));
        assertThat(config.security().tls())
                .contains(new TlsConfig(
                        Path.of("/etc/swarm/node.crt"), Path.of("/etc/swarm/node.key"), Path.of("/etc/swarm/ca.crt")));
        assertThat(config.tasks())
                .isEqualTo(new TasksConfig(
                        Optional.of(false),
                        Optional.of(3),
                        Optional.of(Path.of("/scratch")),
                        4,
                        DataSize.ofMebibytes(5),
                        6,
                        Duration.ofHours(1)));
        assertThat(config.qos().maxWait()).isEqualTo(Duration.ofSeconds(7));
        assertThat(config.limits().maxSessions()).isEqualTo(30);
        assertThat(config.limits().sessionIdle()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.limits().parquetMemory()).isEqualTo(DataSize.parse("1GiB"));
        assertThat(config.limits().maxStreams()).isEqualTo(20);
    }

    @Test
    void keepsTheDefaultsOfWhatIsNotNamed() {
        SwarmConfig config = parse("qos: {classes: {bulk: {weight: 9}}}\nstorage:\n");
        QosClassConfig bulk =
                Objects.requireNonNull(QosConfig.defaults().classes().get("bulk"));
        assertThat(config.qos().classes().get("bulk"))
                .isEqualTo(new QosClassConfig(bulk.reservation(), 9, bulk.limit(), bulk.queueBound(), bulk.dscp()));
        assertThat(config.storage()).isEqualTo(SwarmConfig.defaults().storage());
        assertThat(parse("")).isEqualTo(SwarmConfig.defaults());
        assertThat(parse("# nothing\n")).isEqualTo(SwarmConfig.defaults());
    }

    @Test
    void putsTheCommandLineOverTheEnvironmentOverTheFile() throws IOException {
        Path file = Files.writeString(
                folder.resolve("swarm.yaml"), "storage: {replicas: 3, chunk-size: 512KiB}\nnode: {name: file}\n");
        Map<String, String> environment = Map.of(
                "SWARM_STORAGE_CHUNK_SIZE", "256KiB",
                "SWARM_NODE_NAME", "environment",
                "SWARM_LISTEN_FLIGHT", "[::1]:9000",
                "SWARM_GRID_SEEDS", "n1:1, n2:2",
                "SWARM_QOS_CLASSES_BULK_QUEUE_BOUND", "5",
                "SWARM_SECURITY_TLS_CERT", "none",
                "PATH", "/bin");
        SwarmConfig config = new ConfigLoader(environment).load(Optional.of(file), Map.of("node.name", "command-line"));
        assertThat(config.storage().replicas()).isEqualTo(3);
        assertThat(config.storage().chunkSize()).isEqualTo(DataSize.ofKibibytes(256));
        assertThat(config.nodeName()).isEqualTo("command-line");
        assertThat(config.listen().flight()).isEqualTo(new HostPort("::1", 9000));
        assertThat(config.grid().seeds()).containsExactly(new HostPort("n1", 1), new HostPort("n2", 2));
        assertThat(config.qos().classes()).hasEntrySatisfying("bulk", bulk -> assertThat(bulk.queueBound())
                .isEqualTo(5));
        assertThat(config.security().tls()).isEmpty();
    }

    @Test
    void takesListsOfSectionsFromTheEnvironmentAsYaml() {
        SwarmConfig config = new ConfigLoader(
                        Map.of("SWARM_STORAGE_TIERS", "[{medium: hdd, path: /a}, {medium: ssd, path: /b}]"))
                .load(Optional.empty(), Map.of());
        assertThat(config.blockTiers()).extracting(TierConfig::medium).containsExactly(Medium.HDD, Medium.SSD);
    }

    @Test
    void takesSeveralBracketedAddressesFromTheEnvironment() {
        SwarmConfig config =
                new ConfigLoader(Map.of("SWARM_GRID_SEEDS", "[::1]:7071,n2:7071")).load(Optional.empty(), Map.of());
        assertThat(config.grid().seeds()).containsExactly(new HostPort("::1", 7071), new HostPort("n2", 7071));
    }

    @Test
    void passesOverTheVariablesOfTheLauncherAndTheCommandLine() {
        Map<String, String> environment =
                Map.of("SWARM_GRID", "n1:7070", "SWARM_HOME", "/opt/swarm", "SWARM_JAVA_OPTS", "-Xmx1g");
        assertThat(new ConfigLoader(environment).load(Optional.empty(), Map.of()))
                .isEqualTo(SwarmConfig.defaults());
    }

    @Test
    void refusesUnknownKeysAllAtOnceAndNamesTheNearest() {
        ConfigException refused =
                catchThrowableOfType(ConfigException.class, () -> new ConfigLoader(Map.of("SWARM_STORAGE_REPLICA", "2"))
                        .parse("""
                                storage: {blocksize: 1MiB, node-grace: 5s}
                                metadta: {port: 1}
                                qos: {classes: {bulk: {wieght: 2}}}
                                """, Map.of("list.flight", "127.0.0.1:1")));
        assertThat(refused.problems())
                .containsExactlyInAnyOrder(
                        "SWARM_STORAGE_REPLICA: unknown variable, did you mean SWARM_STORAGE_REPLICAS?",
                        "storage.blocksize: unknown key, did you mean storage.block-size?",
                        "storage.node-grace: unknown key, did you mean repair.node-grace?",
                        "metadta: unknown key, did you mean metadata?",
                        "list: unknown key, did you mean listen?",
                        "qos.classes.bulk.wieght: unknown key, did you mean qos.classes.*.weight?");
        assertThat(refused).hasMessageStartingWith("cannot use configuration:\n  SWARM_STORAGE_REPLICA: ");
    }

    @Test
    void refusesBadValuesAllAtOnceAndSaysWhatIsExpected() {
        ConfigException refused =
                catchThrowableOfType(ConfigException.class, () -> new ConfigLoader(Map.of("SWARM_LISTEN_HTTP", "7072"))
                        .parse("""
                                grid: {name: "a b", seeds: n1, failure-timeout: 1ms}
                                storage: {durability: forever, block-size: big, tiers: [{medium: ssd}], replicas: 0}
                                repair: {node-grace: 10, max-concurrent: 0}
                                security: {insecure: yes please, tls: {cert: /a}}
                                qos: {default-class: urgent, max-wait: 0s}
                                limits: 5
                                """, Map.of()));
        assertThat(refused.problems())
                .containsExactlyInAnyOrder(
                        "listen.http (SWARM_LISTEN_HTTP): \"7072\", expected host:port",
                        "grid.seeds[0]: \"n1\", expected host:port",
                        "grid.name: \"a b\", expected 1 to 64 letters, digits, '.', '_' or '-', the first a letter"
                                + " or digit",
                        "grid.failure-timeout: 1ms, expected 500ms to 5m",
                        "storage.durability: \"forever\", expected one of: memory, process, power",
                        "storage.block-size: \"big\", expected a size such as 4KiB, 64MiB or 128MB",
                        "storage.tiers[0].path: missing",
                        "storage.replicas: 0, expected 1 to 16",
                        "storage.min-replicas: 2, expected at most storage.replicas=0",
                        "repair.max-concurrent: 0, expected 1 to 1024",
                        "repair.node-grace: 10, expected a duration such as 500ms, 5s or 10m",
                        "security.insecure: \"yes please\", expected true or false",
                        "security.tls.key: missing",
                        "security.tls.ca: missing",
                        "qos.default-class: \"urgent\", expected one of: realtime, interactive, bulk, background",
                        "qos.max-wait: 0s, expected 100ms to 1h",
                        "limits: 5, expected keys: message-size, inbound-message-size, request-size, header-size,"
                                + " list-page, max-streams, max-sessions, session-idle, parquet-memory");
    }

    @Test
    void refusesValuesThatDoNotFitTogether() {
        assertThat(problems("storage: {replicas: 1}"))
                .containsExactly("storage.min-replicas: 2, expected at most storage.replicas=1");
        assertThat(problems("storage: {replicas: 0, max-open-writers: 0}"))
                .contains(
                        "storage.replicas: 0, expected 1 to 16", "storage.max-open-writers: 0, expected 1 to 1000000");
        assertThat(problems("storage: {block-size: 1.5MiB}"))
                .containsExactly("storage.block-size: 1536KiB, expected a multiple of storage.chunk-size=1MiB");
        assertThat(problems("storage: {orphan-grace: 30s}"))
                .containsExactly("storage.orphan-grace: 30s, expected longer than storage.lease-duration=1m");
        assertThat(problems("storage: {tiers: [{medium: ssd, path: /a}, {medium: hdd, path: /a/.}]}"))
                .containsExactly("storage.tiers: one path twice: [/a, /a]");
        assertThat(problems("metadata: {durability: process}"))
                .containsExactly("storage.durability: power, expected at most metadata.durability=process:"
                        + " a file would outlive its name");
        assertThat(problems("metadata: {durability: memory}"))
                .containsExactly("metadata.durability: memory, expected one of: process, power");
        assertThat(problems("storage: {durability: memory}"))
                .containsExactly("storage.durability: memory, expected a tier of medium mem in storage.tiers");
        assertThat(problems("storage: {chunk-size: 4MiB}"))
                .containsExactly("storage.chunk-size: 4MiB, expected at most limits.message-size=2MiB");
        assertThat(problems("qos: {classes: {bulk: {reservation: 50%, limit: 40%}}}"))
                .containsExactly("qos.classes.bulk.reservation: 50%, expected at most the limit of the class, 40%");
        assertThat(problems("qos: {classes: {bulk: {reservation: 50%}}}"))
                .containsExactly("qos.classes: reservations of 105% together, expected at most 100%");
        assertThat(problems("storage: {outer: {allowed: [/data], page-size: 96KiB, max-mounts: 257}}"))
                .containsExactly(
                        "storage.outer.page-size: 96KiB, expected a multiple of 64KiB, the span of one checksum",
                        "storage.outer.max-mounts: 257, expected 1 to 256",
                        "storage.outer.allowed: \"/data\", expected an address such as file:///data or"
                                + " s3a://bucket/sets");
        assertThat(problems("grid: {name: a b}"))
                .containsExactly("grid.name: \"a b\", expected 1 to 64 letters, digits, '.', '_' or '-', the first a"
                        + " letter or digit");
    }

    @Test
    void saysWhereAFileIsNoYaml() throws IOException {
        Path file = Files.writeString(folder.resolve("swarm.yaml"), "grid:\n  name: [a\nnode: {}\n");
        assertThatThrownBy(() -> new ConfigLoader(Map.of()).load(Optional.of(file), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("cannot read " + file + " at line 3");
        assertThatThrownBy(() -> parse("grid: {name: a}\ngrid: {name: b}\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("Duplicate");
        assertThatThrownBy(() -> parse("just text"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("cannot read configuration: expected keys, found \"just text\"");
    }

    @Test
    void namesAFileThatIsNotThere() {
        Path file = folder.resolve("none.yaml");
        assertThatThrownBy(() -> new ConfigLoader(Map.of()).load(Optional.of(file), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessage("cannot read configuration: no file " + file);
    }

    @Test
    void changesSomeKeysOfAConfiguration() {
        SwarmConfig changed = parse(FULL).with(Map.of("repair.node-grace", "7s", "security.tls.cert", "/c"));
        assertThat(changed.repair().nodeGrace()).isEqualTo(Duration.ofSeconds(7));
        assertThat(changed.repair().maxConcurrent()).isEqualTo(7);
        assertThat(changed.security().tls())
                .contains(new TlsConfig(Path.of("/c"), Path.of("/etc/swarm/node.key"), Path.of("/etc/swarm/ca.crt")));
        assertThatThrownBy(() -> changed.with(Map.of("repair.grace", "7s")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("repair.grace (command line): unknown key, did you mean repair.node-grace?");
    }

    private static SwarmConfig parse(String text) {
        return new ConfigLoader(Map.of()).parse(text, Map.of());
    }

    private static List<String> problems(String text) {
        return catchThrowableOfType(ConfigException.class, () -> parse(text)).problems();
    }
}
