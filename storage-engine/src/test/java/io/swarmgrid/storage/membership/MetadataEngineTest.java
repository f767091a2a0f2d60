package io.swarmgrid.storage.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.client.wire.RepairStatus;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.storage.membership.TestGrid.Member;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.configuration.WALMode;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Grids of real engines in one JVM. */
class MetadataEngineTest {
    private static final int THINGS = 64;

    @TempDir
    private Path root;

    @Test
    void beginsAloneAndComesBackWithTheSameIdentity() throws Exception {
        UUID id;
        byte[] secret;
        try (TestGrid grid = new TestGrid(root, 1, Map.of())) {
            MetadataEngine engine = grid.startAll().get(0).engine();
            id = engine.gridId();
            secret = engine.gridSecret();
            things(engine).put(1, "kept");
            assertThat(engine.nodes().hasQuorum()).isTrue();
            assertThat(engine.status()).extracting(NodeStatus::state).containsExactly("up");
        }
        try (TestGrid grid = new TestGrid(root, 1, Map.of())) {
            MetadataEngine engine = grid.startAll().get(0).engine();
            assertThat(engine.gridId()).isEqualTo(id);
            assertThat(engine.gridSecret()).isEqualTo(secret).hasSize(32);
            assertThat(things(engine).get(1)).isEqualTo("kept");
        }
    }

    @ParameterizedTest
    @CsvSource({"power, FSYNC", "process, LOG_ONLY"})
    void writesItsLogAsDurablyAsItPromises(String durability, WALMode mode) throws Exception {
        try (TestGrid grid = new TestGrid(root, 1, Map.of("metadata.durability", durability))) {
            Ignite running = grid.startAll().get(0).engine().ignite();
            assertThat(running.configuration().getDataStorageConfiguration().getWalMode())
                    .isEqualTo(mode);
        }
    }

    @Test
    void losesTheQuorumWithTwoOfThreeAndGetsItBack() throws Exception {
        try (TestGrid grid = new TestGrid(root, 3, Map.of("repair.node-grace", "1h"))) {
            List<Member> members = grid.startAll();
            MetadataEngine first = members.get(0).engine();
            assertThat(states(first)).containsExactly("n1=up", "n2=up", "n3=up");
            things(first).put(1, "one");

            members.get(2).close();
            await().until(() -> states(first).equals(List.of("n1=up", "n2=up", "n3=down")));
            assertThat(first.nodes().hasQuorum()).isTrue();
            things(first).put(2, "two");

            members.get(1).close();
            await().until(() -> !first.nodes().hasQuorum());
            assertThatThrownBy(() -> first.nodes().requireQuorum()).isInstanceOfSatisfying(GridException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.NO_QUORUM);
                assertThat(e).hasMessageContaining("sees 1 of 3, missing=[n2, n3]");
            });
            assertThatThrownBy(() -> things(first).put(3, "three")).hasStackTraceContaining("topology is not valid");

            grid.start(2);
            await().until(() -> first.nodes().hasQuorum());
            things(first).put(3, "three");
        }
    }

    /** However short the grace: who would be counted out is who could tell that others go on. */
    @Test
    void countsNobodyOutWhereItIsAlone() throws Exception {
        try (TestGrid grid = new TestGrid(root, 3, Map.of("repair.node-grace", "2s"))) {
            List<Member> members = grid.startAll();
            MetadataEngine first = members.get(0).engine();
            things(first).put(1, "one");

            members.subList(1, 3).parallelStream().forEach(Member::close);

            await().until(() -> states(first).equals(List.of("n1=up", "n2=down", "n3=down")));
            await().atMost(TestGrid.PATIENCE)
                    .during(Duration.ofSeconds(7))
                    .until(() -> !first.nodes().hasQuorum()
                            && first.status().size() == 3
                            && first.status().stream().allMatch(NodeStatus::voter));
            assertThatThrownBy(() -> things(first).put(2, "two")).hasStackTraceContaining("topology is not valid");

            grid.start(3);
            await().until(() -> first.nodes().hasQuorum());
            things(first).put(2, "two");
        }
    }

    @Test
    void takesALostNodeOutAndANewOneIn() throws Exception {
        try (TestGrid grid = new TestGrid(root, 3, Map.of())) {
            List<Member> members = grid.startAll();
            MetadataEngine first = members.get(0).engine();
            things(first).put(1, "one");
            members.get(2).close();
            await().until(() -> states(first).equals(List.of("n1=up", "n2=up")));
            assertThat(first.nodes().isGone("n3")).isTrue();

            Member fourth = grid.start(4);
            fourth.engine().awaitActive(TestGrid.PATIENCE);
            await().until(() -> states(first).equals(List.of("n1=up", "n2=up", "n4=up")));
            assertThat(fourth.engine().gridId()).isEqualTo(first.gridId());

            // What was taken out comes back as a node like any other, with the metadata it missed.
            things(first).put(2, "two");
            Member back = grid.start(3);
            await().until(() -> states(first).equals(List.of("n1=up", "n2=up", "n3=up", "n4=up")));
            back.engine().awaitActive(TestGrid.PATIENCE);
            assertThat(things(back.engine()).get(2)).isEqualTo("two");
        }
    }

    @Test
    void comesBackWithAMajorityAndLetsTheLastOneInLater() throws Exception {
        try (TestGrid grid = new TestGrid(root, 3, Map.of("repair.node-grace", "1h"))) {
            things(grid.startAll().get(0).engine()).put(1, "one");
            grid.stopAll();
            MetadataEngine first = grid.start(1).engine();
            assertThatThrownBy(() -> first.awaitActive(Duration.ofMillis(300)))
                    .hasMessageContaining("is not active")
                    .hasMessageContaining("missing=[n2, n3]");
            grid.start(2);
            first.awaitActive(TestGrid.PATIENCE);
            assertThat(states(first)).containsExactly("n1=up", "n2=up", "n3=down");
            assertThat(things(first).get(1)).isEqualTo("one");
            things(first).put(2, "two");
            grid.start(3).engine().awaitActive(TestGrid.PATIENCE);
            await().until(() -> states(first).equals(List.of("n1=up", "n2=up", "n3=up")));
        }
    }

    @Test
    void doesNotComeBackWhereTheOnlyCopyOfSomeMetadataMayBeGone() throws Exception {
        try (TestGrid grid = new TestGrid(root, 2, Map.of("metadata.backups", "0", "node.recover", "true"))) {
            MetadataEngine engine = grid.startAll().get(0).engine();
            for (int i = 0; i < THINGS; i++) {
                things(engine).put(i, "kept");
            }
            grid.stopAll();
            Path lost = root.resolve("n2").resolve("metadata");
            Path aside = Files.move(lost, root.resolve("aside"));

            // What it lacks it lacks also when it starts with the store that it was given then.
            for (int start = 0; start < 2; start++) {
                MetadataEngine first = grid.start(1).engine();
                grid.start(2);
                assertThatThrownBy(() -> first.awaitActive(Duration.ofSeconds(5)))
                        .hasMessageContaining("missing=[], without their metadata=[n2]");
                grid.stopAll();
            }
            Files.move(lost, root.resolve("empty"));
            Files.move(aside, lost);
            MetadataEngine first = grid.startAll().get(0).engine();
            for (int i = 0; i < THINGS; i++) {
                assertThat(things(first).get(i)).isEqualTo("kept");
            }
        }
    }

    @Test
    void comesBackWithANodeWithoutItsMetadataWhereAllIsOnOthers() throws Exception {
        try (TestGrid grid = new TestGrid(root, 2, Map.of("metadata.backups", "1", "node.recover", "true"))) {
            things(grid.startAll().get(0).engine()).put(1, "kept");
            grid.stopAll();
            Files.move(root.resolve("n2").resolve("metadata"), root.resolve("aside"));

            grid.startAll();
            Path mark = root.resolve("n2").resolve("metadata").resolve("lacking");
            await().atMost(TestGrid.PATIENCE).until(() -> !Files.exists(mark));
            grid.stopAll();
            Files.move(root.resolve("n1").resolve("metadata"), root.resolve("n1-aside"));
            grid.start(2);
            MetadataEngine first = grid.start(1).engine();
            first.awaitActive(TestGrid.PATIENCE);
            assertThat(things(first).get(1)).isEqualTo("kept");
        }
    }

    @Test
    void stepsAsideForNodesWithLaterMetadata() throws Exception {
        try (TestGrid grid = new TestGrid(root, 3, Map.of())) {
            List<Member> members = grid.startAll();
            MetadataEngine first = members.get(0).engine();
            members.get(2).close();
            await().until(() -> states(first).equals(List.of("n1=up", "n2=up")));
            things(first).put(1, "after n3 was given up");
            grid.stopAll();

            MetadataEngine stale = grid.start(3).engine();
            grid.start(1).engine();
            grid.start(2).engine().awaitActive(TestGrid.PATIENCE);
            stale.awaitActive(TestGrid.PATIENCE);
            await().atMost(TestGrid.PATIENCE).until(() -> states(stale).equals(List.of("n1=up", "n2=up", "n3=up")));
            assertThat(things(stale).get(1)).isEqualTo("after n3 was given up");
        }
    }

    @Test
    void joinsTheOthersThatCameBackApartFromIt() throws Exception {
        Map<String, String> settings = Map.of("repair.node-grace", "1h", "grid.failure-timeout", "2s");
        try (TestGrid grid = new TestGrid(root, 3, settings)) {
            things(grid.startAll().get(0).engine()).put(1, "kept");
            grid.stopAll();

            // As where the wire to n3 was cut when they came: two rings, of which one goes on.
            MetadataEngine alone = grid.start(3).engine();
            Map<String, String> others = Map.of("grid.seeds", grid.address(1) + "," + grid.address(2));
            grid.start(grid.config(1, others));
            MetadataEngine second = grid.start(grid.config(2, others)).engine();
            second.awaitActive(TestGrid.PATIENCE);
            things(second).put(1, "went on");

            alone.leftOutside("they went on");
            alone.awaitActive(TestGrid.PATIENCE);
            await().until(() -> states(second).equals(List.of("n1=up", "n2=up", "n3=up")));
            assertThat(things(alone).get(1)).isEqualTo("went on");
        }
    }

    @Test
    void takesChangesOnceAllHaveLookedOverWhatTheyHave() throws Exception {
        try (TestGrid grid = new TestGrid(root, 2, Map.of())) {
            MetadataEngine first = grid.begin(grid.config(1, Map.of())).engine();
            MetadataEngine second = grid.begin(grid.config(2, Map.of())).engine();
            first.awaitActive(TestGrid.PATIENCE);
            second.awaitActive(TestGrid.PATIENCE);

            first.lookedOver();
            assertThat(first.awaitLookedOver(Duration.ofMillis(300))).isFalse();
            assertThatThrownBy(() -> first.nodes().requireChangeable())
                    .isInstanceOfSatisfying(GridException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE);
                        assertThat(e).hasMessageContaining("missing=[n2]");
                    });
            first.nodes().requireNotRecovering();

            second.lookedOver();
            assertThat(first.awaitLookedOver(TestGrid.PATIENCE)).isTrue();
            assertThat(second.awaitLookedOver(TestGrid.PATIENCE)).isTrue();
            first.nodes().requireChangeable();

            grid.begin(grid.config(3, Map.of("grid.seeds", grid.address(1))))
                    .engine()
                    .awaitActive(TestGrid.PATIENCE);
            await().until(() -> states(first).equals(List.of("n1=up", "n2=up", "n3=up")));
            first.nodes().requireChangeable(); // who comes later finds all whole
        }
    }

    @Test
    void settlesOnOneViewAndSharesTheLoads() throws Exception {
        try (TestGrid grid = new TestGrid(root, 2, Map.of())) {
            List<Member> members = grid.startAll();
            MetadataEngine first = members.get(0).engine();
            MetadataEngine second = members.get(1).engine();
            await().until(() -> first.peers().settledVersion() != 0
                    && first.peers().settledVersion() == second.peers().settledVersion());
            long version = first.peers().settledVersion();

            first.publishLoad(() -> load(700, work(3, 1, 10, 2, 20, 5), version));
            await().until(() -> second.nodes().find("n1").orElseThrow().freeBytes() == 700);
            // n2 has not walked yet, so the counts may only rise.
            await().until(() -> second.repairTotals().underReplicatedBlocks() == 3);
            second.publishLoad(() -> load(900, work(2, 0, 0, 0, 0, 0), version));
            RepairStatus both = new RepairStatus(5, 1, 0, 10, 0, 0, 2, 20, 5, 2_000L);
            await().until(() -> first.repairTotals().equals(both));
            first.publishLoad(() -> load(700, work(0, 0, 0, 4, 40, 0), version));
            await().until(() -> second.repairTotals().equals(work(2, 0, 0, 4, 40, 0)));

            // A walk of before says nothing of now: the sum must not fall by it.
            second.publishLoad(() -> load(900, RepairStatus.NONE, version - 1));
            await().until(() -> first.nodes().find("n2").orElseThrow().freeBytes() == 900);
            await().during(Duration.ofMillis(500))
                    .until(() -> first.repairTotals().underReplicatedBlocks() == 2);
        }
    }

    @Test
    void aNodeThatComesBackHasNoRoomBeforeItSaysSo() throws Exception {
        try (TestGrid grid = new TestGrid(root, 3, Map.of("repair.node-grace", "10m"))) {
            List<Member> members = grid.startAll();
            MetadataEngine first = members.get(0).engine();
            members.get(2).engine().publishLoad(() -> load(700, RepairStatus.NONE, 1));
            await().until(() -> first.nodes().find("n3").orElseThrow().freeBytes() == 700);
            members.get(2).close();
            await().until(() -> first.nodes().find("n3").isEmpty());

            MetadataEngine again = grid.start(3).engine();
            again.awaitActive(TestGrid.PATIENCE);
            await().until(() -> first.nodes().find("n3").isPresent());
            assertThat(first.nodes().find("n3").orElseThrow().freeBytes()).isNegative();
            again.publishLoad(() -> load(600, RepairStatus.NONE, 1));
            await().until(() -> first.nodes().find("n3").orElseThrow().freeBytes() == 600);
        }
    }

    @Test
    void carriesMessagesToOthersAndToItself() throws Exception {
        try (TestGrid grid = new TestGrid(root, 2, Map.of())) {
            List<Member> members = grid.startAll();
            List<String> got = new java.util.concurrent.CopyOnWriteArrayList<>();
            for (Member member : members) {
                member.engine().peers().receive("test", (from, message) -> {
                    got.add(from + ">" + member.engine().nodes().local().name() + message.length);
                    throw new IllegalStateException("a receiver that fails stays registered");
                });
            }
            Peers peers = members.get(0).engine().peers();
            peers.send("n1", "test", new byte[1]);
            peers.send("n2", "test", new byte[2]);
            await().until(() -> got.containsAll(List.of("n1>n11", "n1>n22")));
            peers.send("n2", "test", new byte[3]);
            peers.send("nobody", "test", new byte[4]);
            await().until(() -> got.contains("n1>n23"));
        }
    }

    @Test
    void refusesNodesOfOtherGrids() throws Exception {
        try (TestGrid grid = new TestGrid(root, 1, Map.of("grid.join-timeout", "1s"))) {
            grid.startAll();
            Map<String, String> seeds = Map.of("grid.seeds", grid.address(1));
            SwarmConfig other = grid.config(2, seeds).with(Map.of("grid.name", "other"));
            assertRefused(() -> grid.start(other), "this is grid 'swarm', the node 'n2' wants to join grid 'other'");

            SwarmConfig foreign = grid.config(5, seeds).with(Map.of("node.recover", "true"));
            try (DataDirectory directory = DataDirectory.open(foreign)) {
                directory.belongTo(UUID.randomUUID());
            }
            assertRefused(() -> grid.start(foreign), "the data directory of node 'n5' belongs to id");
        }
    }

    @Test
    void givesUpWhereNoSeedAnswers() throws Exception {
        try (TestGrid grid = new TestGrid(root, 1, Map.of("grid.join-timeout", "1s"))) {
            SwarmConfig lonely = grid.config(2, Map.of("grid.seeds", grid.address(1)));
            assertThatThrownBy(() -> grid.start(lonely))
                    .isInstanceOfSatisfying(
                            GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                    .hasMessageContaining("no seed let this node into grid 'swarm' within 1 s");
        }
    }

    private static void assertRefused(ThrowingCallable start, String message) {
        assertThatThrownBy(start)
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED))
                .hasMessageContaining(message);
    }

    private static NodeLoad load(long freeBytes, RepairStatus repair, long version) {
        return new NodeLoad(100, 1000, freeBytes, 7, repair, new NodeLoad.Walked(version, 0, List.of()));
    }

    private static List<String> states(MetadataEngine engine) {
        return engine.status().stream()
                .map(node -> node.name() + "=" + node.state())
                .toList();
    }

    private static IgniteCache<Integer, String> things(MetadataEngine engine) {
        return engine.ignite().cache(TestGrid.CACHE);
    }

    private static RepairStatus work(long under, long unavailable, long pending, long blocks, long bytes, long rate) {
        return new RepairStatus(under, unavailable, 0, pending, 0, 0, blocks, bytes, rate, null);
    }
}
