package io.swarmgrid.storage.membership;

import io.swarmgrid.config.Ports;
import io.swarmgrid.config.SwarmConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.ignite.cache.CacheAtomicityMode;
import org.apache.ignite.cache.CacheWriteSynchronizationMode;
import org.apache.ignite.cache.affinity.rendezvous.RendezvousAffinityFunction;
import org.apache.ignite.configuration.CacheConfiguration;

/** Real engines in this JVM, on loopback ports and directories of their own. */
final class TestGrid implements AutoCloseable {
    static final String CACHE = "things";
    static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final MetadataEngine.Pace PACE =
            new MetadataEngine.Pace(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(4));

    private final Path root;
    private final Map<String, String> settings = new HashMap<>();
    private final List<Integer> ports = new ArrayList<>();
    private final Map<String, Member> members = new TreeMap<>();

    record Member(DataDirectory directory, MetadataEngine engine) implements AutoCloseable {
        @Override
        public void close() {
            engine.close();
            directory.close();
        }
    }

    TestGrid(Path root, int seeds, Map<String, String> settings) {
        this.root = root;
        this.settings.put("metadata.region-size", "32MiB");
        this.settings.put("metadata.durability", "process");
        this.settings.put("storage.durability", "process");
        this.settings.put("metadata.wal-segment-size", "2MiB");
        this.settings.put("repair.node-grace", "1s");
        this.settings.put("repair.join-grace", "0s");
        this.settings.putAll(settings);
        List<String> addresses = new ArrayList<>();
        for (int port : Ports.free(seeds)) {
            ports.add(port);
            addresses.add("127.0.0.1:" + port);
        }
        if (seeds > 1) {
            this.settings.put("grid.seeds", String.join(",", addresses));
        }
    }

    SwarmConfig config(int number, Map<String, String> overrides) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("node.name", "n" + number);
        all.put("node.data", root.resolve("n" + number).toString());
        all.put("listen.grid", "127.0.0.1:" + (number <= ports.size() ? ports.get(number - 1) : 0));
        all.putAll(overrides);
        return SwarmConfig.defaults().with(all);
    }

    /** A number beyond the seeds' is a node that joins by the first seed. */
    Member start(int number) {
        boolean seed = number <= ports.size();
        return start(config(number, seed ? Map.of() : Map.of("grid.seeds", address(1))));
    }

    Member start(SwarmConfig config) {
        Member member = begin(config);
        member.engine().lookedOver();
        return member;
    }

    /** Starts one that has not looked over yet what it has. */
    Member begin(SwarmConfig config) {
        DataDirectory directory = DataDirectory.open(config);
        try {
            MetadataEngine engine = MetadataEngine.start(
                    config,
                    directory,
                    "grpc://127.0.0.1:1",
                    List.of(cache(config.metadata().backups())),
                    PACE);
            Member member = new Member(directory, engine);
            members.put(config.nodeName(), member);
            return member;
        } catch (RuntimeException e) {
            directory.close();
            throw e;
        }
    }

    /** Starts all seeds, one after the other. */
    List<Member> startAll() throws InterruptedException {
        List<Member> all = new ArrayList<>();
        for (int i = 1; i <= ports.size(); i++) {
            all.add(start(i));
        }
        for (Member member : all) {
            member.engine().awaitActive(PATIENCE);
        }
        return all;
    }

    String address(int number) {
        return "127.0.0.1:" + ports.get(number - 1);
    }

    static CacheConfiguration<Integer, String> cache(int backups) {
        return new CacheConfiguration<Integer, String>(CACHE)
                .setAtomicityMode(CacheAtomicityMode.TRANSACTIONAL)
                .setWriteSynchronizationMode(CacheWriteSynchronizationMode.FULL_SYNC)
                .setBackups(backups)
                .setAffinity(new RendezvousAffinityFunction(false, 8));
    }

    void stopAll() {
        members.values().forEach(Member::close);
        members.clear();
    }

    @Override
    public void close() {
        stopAll();
    }
}
