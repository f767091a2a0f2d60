package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.journal.NameRecord;
import io.swarmgrid.storage.journal.NamesJournal;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.namespace.StatusChange;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the journals of three nodes, two of which have each partition, say of what happens to names. */
final class NamesKeeperTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada");
    private static final NamesKeeper.Pace NEVER =
            new NamesKeeper.Pace(Long.MAX_VALUE, Duration.ofDays(1), Duration.ofDays(1), Duration.ofDays(1));
    private static final NamesKeeper.Pace ALWAYS =
            new NamesKeeper.Pace(1, Duration.ZERO, Duration.ofMillis(1), Duration.ofDays(1));

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @TempDir
    private Path directory;

    private TestGrid grid;
    private final List<NamesJournal> journals = new ArrayList<>();
    private final List<NamesKeeper> keepers = new ArrayList<>();

    @BeforeEach
    void start() {
        grid = TestGrid.start(
                directory.resolve("ignite"), new TestClock(), Map.of("metadata.backups", "1"), "n1", "n2", "n3");
        for (int i = 0; i < 3; i++) {
            journals.add(NamesJournal.open(directory.resolve("names" + i)));
        }
    }

    @AfterEach
    void stop() {
        keepers.forEach(NamesKeeper::close);
        journals.forEach(NamesJournal::close);
        grid.close();
    }

    private void keep(NamesKeeper.Pace pace) {
        for (int i = 0; i < 3; i++) {
            NamesKeeper keeper = new NamesKeeper(
                    grid.member(i).ignite(), journals.get(i), () -> 1, () -> false, pace, Clock.systemUTC());
            keeper.start();
            keepers.add(keeper);
        }
    }

    @Test
    void everyNodeWritesDownWhatItHasACopyOf() {
        keep(NEVER);
        change(150);
        awaitAllWrittenDown();
    }

    @Test
    void aWalkMakesUpForWhatNobodyHeardOf() {
        change(100);
        keep(ALWAYS);
        awaitAllWrittenDown();
        change(100);
        awaitAllWrittenDown();
    }

    @Test
    void whatWasRemovedStaysRemovedThroughCompactions() {
        keep(ALWAYS);
        long id = put("/gone/file").id();
        grid.member(1).namespace().files().remove(GridPath.parse("/gone/file"), false, null);
        for (int round = 0; round < 3; round++) {
            change(10);
            awaitAllWrittenDown();
            assertThat(keptBy(id)).as("round %d", round).hasSize(2).allMatch(NameRecord::isRemoval);
        }
    }

    private io.swarmgrid.client.wire.FileStatus put(String path) {
        return grid.first().namespace().fileMetadata().putInline(GridPath.parse(path), OPTIONS, new byte[] {1});
    }

    private List<NameRecord> keptBy(long id) {
        List<NameRecord> kept = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            NameRecord newest = newest(i).get(id);
            if (newest != null) {
                kept.add(newest);
            }
        }
        return kept;
    }

    /** Puts, overwrites, renames, joins, removes, and sets attributes and status, at random, on all nodes. */
    private void change(int steps) {
        for (int i = 0; i < steps; i++) {
            IgniteNamespace on = grid.member(random.nextInt(3)).namespace();
            GridPath path = path();
            try {
                switch (random.nextInt(8)) {
                    case 0 -> on.fileMetadata().putInline(path, OPTIONS.overwriting(), new byte[random.nextInt(50)]);
                    case 1 -> putBlocks(on, path);
                    case 2 -> on.files().rename(path, path(), true, null);
                    case 3 -> on.files().remove(path, true, null);
                    case 4 -> on.files().setAttribute(path, "a" + random.nextInt(3), "value " + i);
                    case 5 -> join(on, path, path());
                    case 6 -> on.files().setStatus(path, new StatusChange("owner" + i, null, 0640, null));
                    default -> on.files().makeDirectory(path, "ada", Files.Parents.MAKE);
                }
            } catch (GridException e) {
                assertThat(e.code())
                        .as("seed %d: %s", seed, e.getMessage())
                        .isIn(
                                ErrorCode.NOT_FOUND,
                                ErrorCode.ALREADY_EXISTS,
                                ErrorCode.IS_A_DIRECTORY,
                                ErrorCode.NOT_A_DIRECTORY,
                                ErrorCode.INVALID_ARGUMENT);
            }
        }
    }

    private static void join(IgniteNamespace on, GridPath target, GridPath source) {
        if (on.fileMetadata().layout(target).inline() == null
                && on.fileMetadata().layout(source).inline() == null) {
            Joins.join(on.fileMetadata(), target, source);
        }
    }

    private GridPath path() {
        return GridPath.parse("/d" + random.nextInt(4) + "/e" + random.nextInt(3) + "/f" + random.nextInt(4));
    }

    private static void putBlocks(IgniteNamespace on, GridPath path) {
        OpenFile file = on.fileMetadata().begin(path, OPTIONS.overwriting());
        BlockRecord block = on.fileMetadata().allocate(file, 0, Set.of());
        List<String> holders = block.holders().stream().map(Replica::node).toList();
        on.fileMetadata().seal(file, new SealedBlock(block.id(), block.epoch(), 1000, 42), holders);
        on.fileMetadata().commit(file, List.of(block.id()));
    }

    private void awaitAllWrittenDown() {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            for (int i = 0; i < 3; i++) {
                assertThat(there(newest(i))).as("node %d, seed %d", i, seed).isEqualTo(tables(i));
            }
        });
    }

    /** What a node's tables have of its own partitions, but for what was removed. */
    private Map<Long, String> tables(int index) {
        Tables tables = Tables.of(grid.member(index).ignite());
        Map<Long, String> found = new TreeMap<>();
        tables.inodeCache().forEach(row -> {
            long id = row.getKey();
            Doomed doomed = tables.doomed(id);
            if (!isFixed(id) && tables.hasCopy(id) && (doomed == null || doomed.lease() != null)) {
                NameValue value = NameValue.read(tables, id, Inode.decode(row.getValue()));
                found.put(id, describe(java.util.Objects.requireNonNull(value)));
            }
        });
        return found;
    }

    private static Map<Long, String> there(Map<Long, NameRecord> records) {
        Map<Long, String> there = new TreeMap<>();
        records.forEach((id, record) -> {
            byte[] value = record.value();
            if (value != null && !isFixed(id)) {
                there.put(id, describe(NameValue.decode(value)));
            }
        });
        return there;
    }

    /** Made when the grid was, before anybody listened. */
    private static boolean isFixed(long id) {
        return id <= Ids.BLOCKS;
    }

    private static String describe(NameValue value) {
        byte[] inline = value.inline();
        return value.inode() + " " + (inline == null ? -1 : inline.length) + " "
                + value.blocks().stream()
                        .map(BlockRecord::id)
                        .map(BlockId::toString)
                        .toList();
    }

    private Map<Long, NameRecord> newest(int index) {
        Map<Long, NameRecord> newest = new HashMap<>();
        for (NameRecord each : journals.get(index)
                .read(NamesJournal.Place.START, Integer.MAX_VALUE)
                .records()) {
            newest.merge(each.id(), each, (one, other) -> other.outdoes(one) ? other : one);
        }
        return newest;
    }
}
