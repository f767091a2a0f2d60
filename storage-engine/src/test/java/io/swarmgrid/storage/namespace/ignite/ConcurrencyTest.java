package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.Files.Parents;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.Publication;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(OneNode.class)
final class ConcurrencyTest {
    private static final int ROUNDS = 100;
    private static final int THREADS = 6;

    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    private void together(List<Callable<Void>> work) throws Exception {
        for (Future<Void> done : threads.invokeAll(work)) {
            done.get();
        }
    }

    /** Runs it; false where it was refused with one of these. */
    private static boolean tried(Set<ErrorCode> refusals, Runnable action) {
        try {
            action.run();
            return true;
        } catch (GridException e) {
            assertThat(refusals).as(e.toString()).contains(e.code());
            return false;
        }
    }

    @Test
    void loseNoFileToTheRemovalOfItsDirectory(Grid grid) throws Exception {
        Set<ErrorCode> refusals = EnumSet.of(ErrorCode.NOT_FOUND, ErrorCode.DIRECTORY_NOT_EMPTY);
        for (int round = 0; round < 12; round++) {
            GridPath directory = grid.path("d" + round);
            grid.makeDirectory(directory);
            Set<GridPath> made = ConcurrentHashMap.newKeySet();
            AtomicInteger removals = new AtomicInteger();
            List<Callable<Void>> work = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                GridPath mine = directory.child("f" + i);
                boolean remover = i % 3 == 0;
                work.add(() -> {
                    if (remover) {
                        tried(refusals, () -> {
                            if (grid.files().remove(directory, false, null)) {
                                removals.incrementAndGet();
                            }
                        });
                    } else if (tried(refusals, () -> grid.files().makeDirectory(mine, "ada", Parents.REQUIRE))) {
                        made.add(mine);
                    }
                    return null;
                });
            }
            together(work);

            boolean there = grid.files().find(directory).isPresent();
            assertThat(removals.get()).as("round %d", round).isEqualTo(there ? 0 : 1);
            assertThat(made)
                    .as("round %d", round)
                    .allMatch(path -> grid.files().find(path).isPresent());
        }
    }

    @Test
    void createOneOfManyFilesOfAName(Grid grid) throws Exception {
        AtomicInteger created = new AtomicInteger();
        List<Callable<Void>> work = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            work.add(() -> {
                for (int file = 0; file < 50; file++) {
                    GridPath path = grid.path("new/deep/f" + file);
                    if (tried(EnumSet.of(ErrorCode.ALREADY_EXISTS), () -> grid.putInline(path, "x"))) {
                        created.incrementAndGet();
                    }
                }
                return null;
            });
        }
        together(work);

        assertThat(created).hasValue(50);
        assertThat(grid.files().list(grid.path("new/deep"), null, 100).entries())
                .hasSize(50);
    }

    @Test
    void putOnceForOneOperation(Grid grid) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            putOnce(grid, "f" + round);
        }
    }

    private void putOnce(Grid grid, String name) throws Exception {
        Set<FileStatus> answers = ConcurrentHashMap.newKeySet();
        List<Callable<Void>> work = new ArrayList<>();
        PutOptions once = PutOptions.create("ada").operation(new OperationId("race" + grid.path(name)));
        for (int i = 0; i < THREADS; i++) {
            byte[] bytes = new byte[i + 1];
            work.add(() -> {
                answers.add(grid.metadata().putInline(grid.path(name), once, bytes));
                return null;
            });
        }
        together(work);

        assertThat(answers).hasSize(1).containsExactly(grid.files().stat(grid.path(name)));
    }

    @Test
    void neverRenameDirectoriesIntoACycle(Grid grid) throws Exception {
        long seed = System.nanoTime();
        int count = 6;
        List<Long> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(grid.makeDirectory(grid.path("r" + i)).id());
        }
        Set<ErrorCode> refusals = EnumSet.of(
                ErrorCode.NOT_FOUND, ErrorCode.ALREADY_EXISTS, ErrorCode.INVALID_ARGUMENT, ErrorCode.CONFLICT);
        AtomicInteger moves = new AtomicInteger();
        List<Callable<Void>> work = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            Random random = new Random(seed + thread);
            work.add(() -> {
                for (int i = 0; i < 25; i++) {
                    List<GridPath> all = directories(grid);
                    if (all.isEmpty()) {
                        continue; // the only one went as it was listed, when another had just come
                    }
                    GridPath from = all.get(random.nextInt(all.size()));
                    GridPath into = random.nextInt(4) == 0 ? grid.home() : all.get(random.nextInt(all.size()));
                    if (tried(refusals, () -> grid.files().rename(from, into.child(from.name()), false, null))) {
                        moves.incrementAndGet();
                    }
                }
                return null;
            });
        }
        together(work);

        List<Long> reachable = directories(grid).stream()
                .map(path -> grid.files().stat(path).id())
                .toList();
        assertThat(reachable).as("seed %d, %d moves", seed, moves.get()).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(moves.get()).isPositive();
    }

    private static List<GridPath> directories(Grid grid) {
        List<GridPath> found = new ArrayList<>();
        List<GridPath> open = new ArrayList<>(List.of(grid.home()));
        while (!open.isEmpty()) {
            GridPath directory = open.remove(open.size() - 1);
            tried(EnumSet.of(ErrorCode.NOT_FOUND), () -> {
                for (FileStatus entry : grid.files().list(directory, null, 100).entries()) {
                    GridPath path = GridPath.parse(entry.path());
                    found.add(path);
                    open.add(path);
                }
            });
        }
        return found;
    }

    @Test
    void appendEachStagedFileOnce(Grid grid) throws Exception {
        GridPath target = grid.path("dataset");
        grid.files().publish(publication(stage(grid, "first", 1), target, PutMode.CREATE, 0));
        List<Callable<Void>> work = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            GridPath staged = stage(grid, "s" + i, 5);
            work.add(() -> {
                while (!tried(EnumSet.of(ErrorCode.CONFLICT), () -> grid.files()
                        .publish(publication(
                                staged,
                                target,
                                PutMode.APPEND,
                                grid.files().stat(target).version())))) {
                    Thread.onSpinWait();
                }
                return null;
            });
        }
        together(work);

        assertThat(grid.files().stat(target).version()).isEqualTo(THREADS + 1);
        assertThat(grid.files().list(target, null, 100).entries()).hasSize(THREADS * 5 + 1);
    }

    @Test
    void showReadersOneWholePublicationOrTheOther(Grid grid) throws Exception {
        GridPath target = grid.path("dataset");
        grid.files().publish(publication(stage(grid, "v0", 4), target, PutMode.CREATE, 0));
        List<Callable<Void>> work = new ArrayList<>();
        work.add(() -> {
            for (int i = 1; i <= 20; i++) {
                grid.files().publish(publication(stage(grid, "v" + i, 4), target, PutMode.OVERWRITE, 0));
            }
            return null;
        });
        for (int i = 1; i < 4; i++) {
            work.add(() -> {
                long version = 0;
                while (version < 21) {
                    List<FileStatus> entries =
                            grid.files().list(target, null, 100).entries();
                    assertThat(entries).hasSize(4);
                    assertThat(entries.stream()
                                    .map(entry ->
                                            GridPath.parse(entry.path()).name().split("-", 2)[0])
                                    .distinct())
                            .hasSize(1);
                    FileStatus now = grid.files().stat(target);
                    assertThat(now.version()).isGreaterThanOrEqualTo(version);
                    version = now.version();
                }
                return null;
            });
        }
        together(work);
    }

    @Test
    void showReadersWholeAppends(Grid grid) throws Exception {
        GridPath target = grid.path("dataset");
        grid.files().publish(publication(stage(grid, "v0", 4), target, PutMode.CREATE, 0));
        List<Callable<Void>> work = new ArrayList<>();
        work.add(() -> {
            for (int i = 1; i <= 20; i++) {
                grid.files().publish(publication(stage(grid, "v" + i, 4), target, PutMode.APPEND, i));
            }
            return null;
        });
        for (int i = 1; i < 4; i++) {
            work.add(() -> {
                int size = 0;
                while (size < 84) {
                    int now = grid.files().list(target, null, 100).entries().size();
                    assertThat(now % 4).isZero();
                    assertThat(now).isGreaterThanOrEqualTo(size);
                    size = now;
                }
                return null;
            });
        }
        together(work);
    }

    @Test
    void tellOneOfManyThatItRenamedAFile(Grid grid) throws Exception {
        for (int round = 0; round < 20; round++) {
            GridPath source = grid.path("from" + round);
            GridPath target = grid.path("to" + round);
            grid.putInline(source, "x");
            AtomicInteger renamed = new AtomicInteger();
            List<Callable<Void>> work = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                OperationId mine = new OperationId("rename" + i + source);
                work.add(() -> {
                    if (tried(EnumSet.of(ErrorCode.NOT_FOUND, ErrorCode.ALREADY_EXISTS), () -> grid.files()
                            .rename(source, target, false, mine))) {
                        renamed.incrementAndGet();
                    }
                    return null;
                });
            }
            together(work);

            assertThat(renamed).as("round %d", round).hasValue(1);
        }
    }

    @Test
    void showReadersARenamedFileUnderOneName(Grid grid) throws Exception {
        GridPath a = grid.path("a/f");
        GridPath b = grid.path("b/f");
        long id = grid.putInline(a, "x").id();
        grid.makeDirectory(grid.path("b"));
        AtomicBoolean done = new AtomicBoolean();
        List<Callable<Void>> work = new ArrayList<>();
        work.add(() -> {
            for (int i = 0; i < 100; i++) {
                grid.files().rename(i % 2 == 0 ? a : b, i % 2 == 0 ? b : a, false, null);
            }
            done.set(true);
            return null;
        });
        for (GridPath path : List.of(a, b)) {
            work.add(() -> {
                while (!done.get()) {
                    grid.files().find(path).ifPresent(status -> assertThat(status.id())
                            .isEqualTo(id));
                    assertThat(grid.files()
                                    .list(
                                            GridPath.of(List.of(
                                                    path.names().get(0),
                                                    path.names().get(1))),
                                            null,
                                            10)
                                    .entries())
                            .hasSizeLessThanOrEqualTo(1);
                }
                return null;
            });
        }
        together(work);
    }

    private static GridPath stage(Grid grid, String session, int files) {
        GridPath staged = Files.STAGING.child(grid.home().name() + "-" + session);
        grid.makeDirectory(staged);
        for (int i = 0; i < files; i++) {
            grid.putInline(staged.child(session + "-" + i), "x");
        }
        return staged;
    }

    private static Publication publication(GridPath staged, GridPath target, PutMode mode, long version) {
        return new Publication(staged, target, mode, EntryKind.DATASET, Map.of(), version, null);
    }
}
