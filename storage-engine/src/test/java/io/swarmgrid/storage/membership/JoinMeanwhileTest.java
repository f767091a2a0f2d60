package io.swarmgrid.storage.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.storage.membership.TestGrid.Member;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.cluster.ClusterNode;
import org.apache.ignite.events.EventType;
import org.apache.ignite.internal.IgniteEx;
import org.apache.ignite.transactions.Transaction;
import org.apache.ignite.transactions.TransactionConcurrency;
import org.apache.ignite.transactions.TransactionIsolation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node comes while the voters are being changed. */
class JoinMeanwhileTest {
    private final ExecutorService aside = Executors.newFixedThreadPool(3);

    @TempDir
    private Path root;

    @AfterEach
    void end() {
        aside.shutdownNow();
    }

    @Test
    void aNodeThatComesWhileItIsTakenOutCanBeStartedAgain() throws Exception {
        Map<String, String> settings = Map.of(
                "repair.node-grace", "1h",
                "repair.join-grace", "5s", // till then nobody else changes the voters
                "grid.join-timeout", "10s");
        try (TestGrid grid = new TestGrid(root, 3, settings)) {
            List<Member> members = grid.startAll();
            MetadataEngine first = members.get(0).engine();
            IgniteEx ignite = (IgniteEx) first.ignite();
            ignite.cluster().setTxTimeoutOnPartitionMapExchange(0);
            members.get(2).close();
            awaitServers(ignite, 2);
            List<ClusterNode> rest = List.copyOf(ignite.cluster().forServers().nodes());

            Future<?> out;
            Future<Member> back;
            Future<Member> other;
            CountDownLatch came = new CountDownLatch(1);
            try (Transaction open = ignite.transactions()
                    .txStart(TransactionConcurrency.PESSIMISTIC, TransactionIsolation.REPEATABLE_READ, 0, 0)) {
                IgniteCache<Integer, String> things = ignite.cache(TestGrid.CACHE);
                things.put(1, "one");
                // It waits for whoever changes something, and what follows waits for it.
                other = aside.submit(() -> grid.start(4));
                awaitServers(ignite, 3);
                out = aside.submit(() -> ignite.cluster().setBaselineTopology(rest));
                await().atMost(TestGrid.PATIENCE)
                        .until(() -> ignite.context().state().clusterState().transition());
                ignite.events()
                        .localListen(
                                event -> {
                                    came.countDown();
                                    return false;
                                },
                                EventType.EVT_NODE_JOINED,
                                EventType.EVT_NODE_VALIDATION_FAILED);
                back = aside.submit(() -> grid.start(3));
                assertThat(came.await(TestGrid.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                assertThat(ignite.context().state().clusterState().transition())
                        .as("it came meanwhile")
                        .isTrue();
                open.commit();
            }
            other.get(TestGrid.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            out.get(TestGrid.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            Member third = back.get(TestGrid.PATIENCE.toSeconds(), TimeUnit.SECONDS);
            third.engine().awaitActive(TestGrid.PATIENCE);
            await().atMost(TestGrid.PATIENCE)
                    .until(() -> third.engine().status().stream().allMatch(NodeStatus::voter)
                            && third.engine().peers().settledVersion() > 0);

            third.close();
            grid.start(3).engine().awaitActive(TestGrid.PATIENCE);
        }
    }

    private static void awaitServers(IgniteEx ignite, int count) {
        await().atMost(TestGrid.PATIENCE)
                .until(() -> ignite.cluster().forServers().nodes().size() == count);
    }
}
