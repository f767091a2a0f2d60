package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.QuotaStatus;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.PutOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many writers, through all nodes, below one quota: there is never more than it allows, and in the end exactly that. */
final class QuotaRacesTest {
    private static final int NODES = 3;
    private static final int WRITERS = 6;
    private static final int DIRECTORIES = 4;
    private static final PutOptions OPTIONS = PutOptions.create("ada");
    private static final int SIZE = 7;
    private static final GridPath TOP = GridPath.parse("/top");
    private static final GridPath FREE = GridPath.parse("/free");
    private static final long SEED = Long.getLong("swarm.test.seed", System.nanoTime());

    @TempDir
    Path directory;

    private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS + 1);

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    @Test
    void fillItExactly() throws Exception {
        long entries = DIRECTORIES + 60;
        try (TestGrid grid = TestGrid.start(directory, new TestClock(), Map.of(), "n1", "n2", "n3")) {
            makeDirectories(grid);
            grid.first().namespace().quotas().set(TOP, null, entries);
            settle(grid);
            AtomicBoolean done = new AtomicBoolean();
            Future<Long> most = threads.submit(() -> watch(grid, done));
            List<Callable<Integer>> work = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                work.add(() -> fill(grid.member(writer % NODES).namespace(), writer));
            }
            int made = 0;
            for (Future<Integer> each : threads.invokeAll(work)) {
                made += each.get();
            }
            done.set(true);

            assertThat(made).as("-Dswarm.test.seed=%d", SEED).isEqualTo(60);
            assertThat(most.get()).isLessThanOrEqualTo(entries);
            QuotaStatus full = grid.first().namespace().quotas().of(TOP).get(0);
            assertThat(full.usedEntries()).isEqualTo(entries);
            assertThat(full.usedBytes()).isEqualTo(60 * SIZE);
            QuotaAudit.requireExact(grid.first().ignite());
        }
    }

    /** Puts files until there is no room. @return how many */
    private static int fill(IgniteNamespace node, int writer) {
        Random random = new Random(SEED + writer);
        for (int made = 0; ; made++) {
            GridPath path = TOP.child("d" + random.nextInt(DIRECTORIES)).child(writer + "-" + made);
            try {
                put(node, path);
            } catch (GridException e) {
                assertThat(e.code()).as(e.toString()).isEqualTo(ErrorCode.QUOTA_EXCEEDED);
                return made;
            }
        }
    }

    /** Again where others were in the way, which changed nothing. */
    private static void put(IgniteNamespace node, GridPath path) {
        FileMetadata metadata = node.fileMetadata();
        while (true) {
            try {
                metadata.putInline(path, OPTIONS, new byte[SIZE]);
                return;
            } catch (GridException e) {
                if (e.kind() != ErrorKind.RETRY) {
                    throw e;
                }
            }
        }
    }

    private static long watch(TestGrid grid, AtomicBoolean done) {
        long most = 0;
        while (!done.get()) {
            most = Math.max(most, grid.member(1).namespace().files().usage(TOP).files() + DIRECTORIES);
        }
        return most;
    }

    private static void makeDirectories(TestGrid grid) {
        for (int i = 0; i < DIRECTORIES; i++) {
            grid.first().namespace().files().makeDirectory(TOP.child("d" + i), "ada", Files.Parents.MAKE);
        }
        grid.first().namespace().files().makeDirectory(FREE, "ada", Files.Parents.MAKE);
    }

    private static void settle(TestGrid grid) {
        List<IgniteNamespace> nodes = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            grid.member(i).namespace().lookOver();
            nodes.add(grid.member(i).namespace());
        }
        QuotaAudit.settle(nodes, TOP);
    }

    @Test
    void countWhatIsMovedInAndOutWhileItIsSet() throws Exception {
        try (TestGrid grid = TestGrid.start(directory, new TestClock(), Map.of(), "n1", "n2", "n3")) {
            makeDirectories(grid);
            for (int i = 0; i < 40; i++) {
                put(grid.first().namespace(), TOP.child("d" + i % DIRECTORIES).child("f" + i));
            }
            List<Callable<Integer>> work = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                work.add(() -> move(grid.member(writer % NODES).namespace(), writer));
            }
            List<Future<Integer>> moves = new ArrayList<>();
            work.forEach(each -> moves.add(threads.submit(each)));
            grid.first().namespace().quotas().set(TOP, 1_000_000L, 1_000L);
            settle(grid);
            for (Future<Integer> each : moves) {
                each.get();
            }
            settle(grid);

            QuotaStatus counted = grid.first().namespace().quotas().of(TOP).get(0);
            long files = grid.first().namespace().files().usage(TOP).files();
            assertThat(counted.usedEntries()).as("-Dswarm.test.seed=%d", SEED).isEqualTo(files + DIRECTORIES);
            assertThat(counted.usedBytes()).isEqualTo(files * SIZE);
            QuotaAudit.requireExact(grid.first().ignite());
        }
    }

    /** Files to and fro, by names that each writer has for himself. */
    private static int move(IgniteNamespace node, int writer) {
        Random random = new Random(SEED + writer);
        GridPath at = FREE.child("m" + writer);
        put(node, at);
        for (int i = 0; i < 25; i++) {
            GridPath to = (random.nextBoolean() ? FREE : TOP.child("d" + random.nextInt(DIRECTORIES)))
                    .child("m" + writer + "-" + i);
            while (true) {
                try {
                    node.files().rename(at, to, false, null);
                    break;
                } catch (GridException e) {
                    if (e.kind() != ErrorKind.RETRY) {
                        throw e;
                    }
                }
            }
            at = to;
        }
        return 25;
    }
}
