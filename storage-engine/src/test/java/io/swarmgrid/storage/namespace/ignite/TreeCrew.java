package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Files.Parents;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Replica;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Callers on different nodes that change one tree. What is below {@link #KEPT} is moved about and never removed; what is below
 * {@link #DOOMED} is removed by whole trees while others write into them, under names that may come again.
 */
final class TreeCrew {
    static final GridPath KEPT = GridPath.parse("/kept");
    static final GridPath DOOMED = GridPath.parse("/doomed");

    private static final PutOptions OPTIONS = PutOptions.create("ada");
    private static final int DIRECTORIES = 6;
    private static final int TREES = 3;
    private static final int OPEN_AT_ONCE = 4;
    /** What a caller may be told whose look-up another one has made wrong. */
    private static final Set<ErrorCode> REFUSALS = EnumSet.of(
            ErrorCode.NOT_FOUND,
            ErrorCode.ALREADY_EXISTS,
            ErrorCode.NOT_A_DIRECTORY,
            ErrorCode.IS_A_DIRECTORY,
            ErrorCode.INVALID_ARGUMENT,
            ErrorCode.CONFLICT);

    private final TestGrid grid;
    private final int nodes;
    /** The files below KEPT that were acknowledged, and whether they are closed. */
    private final Map<Long, Boolean> kept = new ConcurrentHashMap<>();
    /** The files and directories below DOOMED that were acknowledged, each with its path. */
    private final Map<Long, GridPath> doomed = new ConcurrentHashMap<>();

    private final AtomicInteger names = new AtomicInteger();
    private final AtomicInteger moves = new AtomicInteger();
    private final AtomicInteger removals = new AtomicInteger();

    TreeCrew(TestGrid grid, int nodes) {
        this.grid = grid;
        this.nodes = nodes;
        for (int i = 0; i < DIRECTORIES; i++) {
            grid.first().namespace().files().makeDirectory(KEPT.child("d" + i), "ada", Parents.MAKE);
        }
        grid.first().namespace().files().makeDirectory(DOOMED, "ada", Parents.MAKE);
    }

    /** Closed or not, by id. */
    Map<Long, Boolean> kept() {
        return kept;
    }

    @Override
    public String toString() {
        return kept.size() + " files kept, " + doomed.size() + " entries doomed, " + moves + " directories moved, "
                + removals + " trees removed";
    }

    /** One caller. Confined to its thread. */
    final class Caller {
        private final IgniteNamespace node;
        private final Random random;
        private final Deque<OpenFile> open = new ArrayDeque<>();

        Caller(int number, long seed) {
            this.node = grid.member(number % nodes).namespace();
            this.random = new Random(seed + number);
        }

        void step() {
            switch (random.nextInt(10)) {
                case 0 -> moveDirectory();
                case 1, 2 -> moveFile();
                case 3 -> put();
                case 4, 5 -> open();
                case 6 -> closeOne();
                case 7 -> removeTree();
                default -> growTree();
            }
        }

        void closeAll() {
            while (!open.isEmpty()) {
                closeOne();
            }
        }

        private void moveDirectory() {
            GridPath from = someDirectory(KEPT);
            GridPath into = someDirectory(KEPT);
            if (!from.equals(KEPT) && tried(() -> node.files().rename(from, into.child(from.name()), false, null))) {
                moves.incrementAndGet();
            }
        }

        private void moveFile() {
            GridPath from = someDirectory(KEPT);
            GridPath into = someDirectory(KEPT);
            list(from).stream()
                    .filter(entry -> entry.kind() == EntryKind.FILE)
                    .findAny()
                    .map(entry -> GridPath.parse(entry.path()))
                    .ifPresent(file -> tried(() -> node.files().rename(file, into.child(file.name()), false, null)));
        }

        private void put() {
            GridPath file = someDirectory(KEPT).child(name());
            tried(() -> keep(node.fileMetadata().putInline(file, OPTIONS, new byte[1])));
        }

        /** A file that is there while it is written, perhaps moved meanwhile. */
        private void open() {
            if (open.size() == OPEN_AT_ONCE) {
                closeOne();
            }
            GridPath path = someDirectory(KEPT).child(name());
            tried(() -> {
                OpenFile file = node.fileMetadata().create(path, OPTIONS);
                kept.put(file.fileId(), false);
                open.add(file);
            });
        }

        private void closeOne() {
            OpenFile file = open.poll();
            if (file != null) {
                BlockRecord block = node.fileMetadata().allocate(file, 0, Set.of());
                List<String> holders =
                        block.holders().stream().map(Replica::node).toList();
                node.fileMetadata().seal(file, new SealedBlock(block.id(), block.epoch(), 10, 42), holders);
                keep(node.fileMetadata().close(file, List.of(block.id()), 10));
            }
        }

        private void keep(FileStatus file) {
            kept.put(file.id(), true);
        }

        private void growTree() {
            GridPath top = tree();
            if (random.nextBoolean()) {
                GridPath made = someDirectory(top).child(name());
                tried(() -> doom(node.files().makeDirectory(made, "ada", Parents.REQUIRE)));
            } else {
                GridPath file = someDirectory(top).child(name());
                tried(() -> doom(node.fileMetadata().putInline(file, OPTIONS, new byte[1])));
            }
        }

        private void doom(FileStatus made) {
            doomed.put(made.id(), GridPath.parse(made.path()));
        }

        /** What was acknowledged below it before it was asked to go is to be found through no node once that is acknowledged. */
        private void removeTree() {
            GridPath top = tree();
            Map<Long, GridPath> below = new HashMap<>(doomed);
            below.values().removeIf(path -> !path.startsWith(top));
            boolean[] removed = new boolean[1];
            tried(() -> removed[0] = node.files().remove(top, true, null));
            if (removed[0]) {
                removals.incrementAndGet();
                List<Map.Entry<Long, GridPath>> some = new ArrayList<>(below.entrySet());
                for (int i = 0; i < nodes; i++) {
                    for (Map.Entry<Long, GridPath> entry : some) {
                        assertGone(i, entry.getKey(), entry.getValue());
                    }
                }
                below.keySet().forEach(doomed::remove);
            }
        }

        private void assertGone(int number, long id, GridPath path) {
            Optional<FileStatus> found = grid.member(number).namespace().files().find(path);
            assertThat(found.map(FileStatus::id))
                    .as("%s through node %d after its acknowledged removal", path, number)
                    .isNotEqualTo(Optional.of(id));
        }

        private GridPath tree() {
            return DOOMED.child("t" + random.nextInt(TREES));
        }

        /** One below a directory or itself, as it was a moment ago. */
        private GridPath someDirectory(GridPath top) {
            GridPath at = top;
            while (random.nextInt(3) > 0) {
                List<FileStatus> below = list(at).stream()
                        .filter(entry -> entry.kind() == EntryKind.DIRECTORY)
                        .toList();
                if (below.isEmpty()) {
                    break;
                }
                at = GridPath.parse(below.get(random.nextInt(below.size())).path());
            }
            return at;
        }

        private List<FileStatus> list(GridPath directory) {
            List<FileStatus> entries = new ArrayList<>();
            tried(() -> entries.addAll(node.files().list(directory, null, 1000).entries()));
            return entries;
        }

        private String name() {
            return "e" + names.incrementAndGet();
        }
    }

    private static boolean tried(Runnable action) {
        try {
            action.run();
            return true;
        } catch (GridException e) {
            assertThat(REFUSALS).as(e.toString()).contains(e.code());
            return false;
        }
    }
}
