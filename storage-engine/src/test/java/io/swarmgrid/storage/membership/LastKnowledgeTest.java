package io.swarmgrid.storage.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.storage.membership.TestGrid.Member;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.internal.processors.cache.persistence.GridCacheDatabaseSharedManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** All nodes die, one before the others: what those did since then is there when all are back. */
class LastKnowledgeTest {
    private static final String SKIPPED = GridCacheDatabaseSharedManager.IGNITE_PDS_SKIP_CHECKPOINT_ON_NODE_STOP;
    private static final int KEYS = 100;

    @TempDir
    private Path root;

    /** As far as its files go, a node that stops without a checkpoint has died. */
    @BeforeEach
    void nodesDie() {
        System.setProperty(SKIPPED, "true");
    }

    @AfterEach
    void nodesStop() {
        System.clearProperty(SKIPPED);
    }

    @Test
    void believesTheNodesThatLivedLongest() throws Exception {
        try (TestGrid grid = new TestGrid(root, 3, Map.of("repair.node-grace", "1h"))) {
            List<Member> members = new ArrayList<>(grid.startAll());
            awaitWhole(members);
            int round = 0;
            put(members.get(0), round++);
            for (int away = 0; away < members.size(); away++) {
                members.get(away).close();
                put(members.get((away + 1) % members.size()), round++);
                members.set(away, grid.start(away + 1));
                members.get(away).engine().awaitActive(TestGrid.PATIENCE);
                awaitWhole(members);
                put(members.get(0), round++);
            }

            members.get(2).close();
            put(members.get(0), round);
            members.get(0).close();
            members.get(1).close();

            for (int i = 0; i < members.size(); i++) {
                members.set(i, grid.start(i + 1));
            }
            for (Member member : members) {
                member.engine().awaitActive(TestGrid.PATIENCE);
            }
            awaitWhole(members);
            IgniteCache<Integer, String> things = things(members.get(0));
            for (int key = 0; key < KEYS; key++) {
                assertThat(things.get(key)).as("key %s", key).isEqualTo("round " + round);
            }
        }
    }

    /** Until all are there, and have taken in what they missed. */
    private static void awaitWhole(List<Member> members) {
        await().atMost(TestGrid.PATIENCE).until(() -> members.stream()
                .allMatch(member -> member.engine().peers().settledVersion() > 0
                        && member.engine().status().size() == members.size()
                        && member.engine().status().stream().allMatch(LastKnowledgeTest::isThere)
                        && things(member).localMetrics().getRebalancingPartitionsCount() == 0));
    }

    private static boolean isThere(NodeStatus node) {
        return node.voter() && node.state().equals("up");
    }

    private static void put(Member member, int round) {
        for (int key = 0; key < KEYS; key++) {
            things(member).put(key, "round " + round);
        }
    }

    private static IgniteCache<Integer, String> things(Member member) {
        return member.engine().ignite().cache(TestGrid.CACHE);
    }
}
