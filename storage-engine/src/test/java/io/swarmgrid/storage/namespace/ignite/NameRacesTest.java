package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.ignite.NameOrder.Call;
import io.swarmgrid.storage.namespace.ignite.NameOrder.Effect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers on different nodes, each of which lacks a part of the metadata, at the same few names: what they are told fits one order. */
final class NameRacesTest {
    private static final int NODES = 4;
    private static final int CALLERS = 8;
    private static final int CALLS_EACH = 5;
    private static final List<String> NAMES = List.of("a/x", "a/y", "b/x");
    private static final PutOptions OPTIONS = PutOptions.create("ada");
    private static final Duration LENGTH = Duration.ofSeconds(Boolean.getBoolean("swarm.test.long") ? 60 : 5);

    @TempDir
    Path directory;

    private final ExecutorService threads = Executors.newFixedThreadPool(CALLERS);

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    @Test
    void leaveOneOrder() throws Exception {
        long seed = Long.getLong("swarm.test.seed", System.nanoTime());
        try (TestGrid grid = TestGrid.start(directory, new TestClock(), Map.of(), "n1", "n2", "n3", "n4")) {
            long deadline = System.nanoTime() + LENGTH.toNanos();
            int rounds = 0;
            int calls = 0;
            for (; System.nanoTime() - deadline < 0; rounds++) {
                List<Call> made = new Round(grid, GridPath.parse("/r" + rounds)).run(seed + rounds);
                calls += made.size();
                assertThat(NameOrder.misfit(made, new long[NAMES.size()]))
                        .as("-Dswarm.test.seed=%d, round %d", seed, rounds)
                        .isEmpty();
            }
            System.out.printf("NameRacesTest: seed %d, %d rounds, %d calls, one order each%n", seed, rounds, calls);
        }
    }

    /** Some calls of each caller, at names that nobody used before. */
    private final class Round {
        private final TestGrid grid;
        private final GridPath home;
        private final long beganNanos = System.nanoTime();

        Round(TestGrid grid, GridPath home) {
            this.grid = grid;
            this.home = home;
        }

        List<Call> run(long seed) throws Exception {
            Files files = grid.first().namespace().files();
            files.makeDirectory(home.child("a"), "ada", Files.Parents.MAKE);
            files.makeDirectory(home.child("b"), "ada", Files.Parents.MAKE);
            List<Callable<List<Call>>> work = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                IgniteNamespace node = grid.member(i % NODES).namespace();
                Random random = new Random(seed * CALLERS + i);
                work.add(() -> calls(node, random));
            }
            List<Call> made = new ArrayList<>();
            for (Future<List<Call>> done : threads.invokeAll(work)) {
                made.addAll(done.get());
            }
            for (int node = 0; node < NODES; node++) {
                for (int name = 0; name < NAMES.size(); name++) {
                    made.add(look(grid.member(node).namespace(), name));
                }
            }
            return made;
        }

        private List<Call> calls(IgniteNamespace node, Random random) {
            List<Call> made = new ArrayList<>();
            for (int i = 0; i < CALLS_EACH; i++) {
                int name = random.nextInt(NAMES.size());
                int other = (name + 1 + random.nextInt(NAMES.size() - 1)) % NAMES.size();
                Call call =
                        switch (random.nextInt(7)) {
                            case 0 -> create(node, name);
                            case 1 -> put(node, name);
                            case 2 -> remove(node, name);
                            case 3 -> rename(node, name, other, false);
                            case 4 -> rename(node, name, other, true);
                            default -> look(node, name);
                        };
                if (call != null) {
                    made.add(call);
                }
            }
            return made;
        }

        private Call look(IgniteNamespace node, int name) {
            long begun = now();
            long id = node.files().find(path(name)).map(FileStatus::id).orElse(0L);
            return call(node, "sees " + NAMES.get(name) + " = " + Long.toHexString(id), NameOrder.saw(name, id), begun);
        }

        private @Nullable Call create(IgniteNamespace node, int name) {
            long begun = now();
            try {
                long id = node.fileMetadata()
                        .putInline(path(name), OPTIONS, new byte[1])
                        .id();
                return call(node, "creates " + NAMES.get(name) + " = " + id(id), NameOrder.created(name, id), begun);
            } catch (GridException e) {
                Effect told = e.code() == ErrorCode.ALREADY_EXISTS ? NameOrder.sawSomething(name) : null;
                return refused(node, "create " + NAMES.get(name), told, e, begun);
            }
        }

        private @Nullable Call put(IgniteNamespace node, int name) {
            long begun = now();
            try {
                long id = node.fileMetadata()
                        .putInline(path(name), OPTIONS.overwriting(), new byte[1])
                        .id();
                return call(node, "puts " + NAMES.get(name) + " = " + id(id), NameOrder.put(name, id), begun);
            } catch (GridException e) {
                return refused(node, "put " + NAMES.get(name), null, e, begun);
            }
        }

        private @Nullable Call remove(IgniteNamespace node, int name) {
            long begun = now();
            try {
                boolean removed = node.files().remove(path(name), false, null);
                Effect effect = removed ? NameOrder.removed(name) : NameOrder.saw(name, 0);
                return call(node, "removes " + NAMES.get(name) + ": " + removed, effect, begun);
            } catch (GridException e) {
                return refused(node, "remove " + NAMES.get(name), null, e, begun);
            }
        }

        private @Nullable Call rename(IgniteNamespace node, int from, int to, boolean replace) {
            long begun = now();
            String text = NAMES.get(from) + " to " + NAMES.get(to) + (replace ? " over what is there" : "");
            try {
                OperationId operation = new OperationId(UUID.randomUUID().toString());
                long id = node.files()
                        .rename(path(from), path(to), replace, operation)
                        .id();
                Effect effect = replace ? NameOrder.renamedOver(from, to, id) : NameOrder.renamed(from, to, id);
                return call(node, "renames " + text + ", " + id(id), effect, begun);
            } catch (GridException e) {
                Effect told =
                        switch (e.code()) {
                            case NOT_FOUND -> NameOrder.saw(from, 0);
                            case ALREADY_EXISTS -> NameOrder.sawBoth(from, to);
                            default -> null;
                        };
                return refused(node, "rename " + text, told, e, begun);
            }
        }

        /** @param told null where the refusal says nothing of the names */
        private @Nullable Call refused(
                IgniteNamespace node, String what, @Nullable Effect told, GridException e, long begun) {
            if (told == null) {
                assertThat(e.code()).as(e.toString()).isEqualTo(ErrorCode.CONFLICT);
                return null;
            }
            return call(node, "cannot " + what + ": " + e.code(), told, begun);
        }

        private Call call(IgniteNamespace node, String text, Effect effect, long begun) {
            int number = 0;
            while (grid.member(number).namespace() != node) {
                number++;
            }
            return new Call("n" + (number + 1) + " " + text, effect, begun, now());
        }

        private long now() {
            return System.nanoTime() - beganNanos;
        }

        private GridPath path(int name) {
            return GridPath.parse(home + "/" + NAMES.get(name));
        }

        private static String id(long id) {
            return Long.toHexString(id);
        }
    }
}
