package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.BackupInfo;
import io.swarmgrid.client.wire.BackupQuery;
import io.swarmgrid.client.wire.BackupRequest;
import io.swarmgrid.client.wire.BackupResult;
import io.swarmgrid.client.wire.LastBackup;
import io.swarmgrid.storage.backup.BackupRoom;
import io.swarmgrid.storage.namespace.PutOptions;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups of three nodes, each of which has all partitions. */
final class GridBackupsTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada");

    @TempDir
    private Path directory;

    private final TestClock clock = new TestClock();
    private final BackupFakes.Memory memory = new BackupFakes.Memory();
    private final List<GridBackups> backups = new ArrayList<>();
    /** What there is of the disk of every node. */
    private volatile BackupRoom.Volume disk = new BackupRoom.Volume(80L << 30, 100L << 30);

    private TestGrid grid;

    @BeforeEach
    void start() {
        grid = TestGrid.start(directory.resolve("ignite"), clock, Map.of("metadata.backups", "2"), "n1", "n2", "n3");
        for (int i = 0; i < 3; i++) {
            TestGrid.Member member = grid.member(i);
            GridBackups each = member.namespace().backups(memory, "the-grid", "1");
            each.offer(
                    new BackupFakes.Gate(),
                    grid.backups(member.name()),
                    directory.resolve("ignite").resolve(member.name()),
                    where -> disk);
            backups.add(each);
        }
    }

    @AfterEach
    void stop() {
        backups.forEach(GridBackups::close);
        grid.close();
    }

    @Test
    void eachNodeWritesItsPartWhereItKeepsBackups() {
        put(20);
        BackupInfo made = make(0, request("one"));
        assertThat(made.whole()).isTrue();
        assertThat(made.files()).isEqualTo(20);
        assertThat(made.directories()).isEqualTo(10); // seven, the root, and the two of staging
        assertThat(made.sizeBytes()).isEqualTo(20);
        assertThat(made.parts()).extracting(BackupInfo.Part::node).containsExactly("n1", "n2", "n3");
        for (BackupInfo.Part part : made.parts()) {
            assertThat(Path.of(part.path())).isEqualTo(grid.backups(part.node()).resolve("one"));
            assertThat(Path.of(part.path()).resolve("swarm-" + part.node() + ".json"))
                    .exists();
            assertThat(part.besideData()).isTrue();
        }
        assertThat(list(2)).containsExactly(made);
        assertThat(memory.last()).contains(new LastBackup("one", null, made.createdMs()));
        assertThat(verify(1, request("one")).problems()).isEmpty();
        assertThat(Path.of("ignite")).doesNotExist();
    }

    @Test
    void oneDirectoryMayHaveThePartsOfAllNodes() {
        put(5);
        String shared = directory.resolve("shared").toString();
        BackupInfo made = make(1, new BackupRequest("one", shared, null, null));
        assertThat(made.parts()).hasSize(3).allMatch(part -> part.path().equals(shared + "/one"));
        assertThat(verify(0, new BackupRequest("one", shared, null, null)).problems())
                .isEmpty();
        assertThat(list(0)).isEmpty();
    }

    @Test
    void isOfOneMomentWhileOthersWrite() throws Exception {
        put(10);
        AtomicBoolean done = new AtomicBoolean();
        AtomicInteger moves = new AtomicInteger();
        Thread writer = new Thread(() -> {
            // Each file is either here or there, never in both nor in none.
            for (int i = 0; !done.get(); i++) {
                String name = "f" + i % 10;
                GridPath from = GridPath.parse("/d" + i % 10 % 7 + "/" + name);
                GridPath to = GridPath.parse("/moved-" + name);
                boolean there = (i / 10) % 2 == 0;
                grid.member(i % 3).namespace().files().rename(there ? from : to, there ? to : from, false, null);
                moves.incrementAndGet();
            }
        });
        writer.start();
        try {
            for (int i = 0; i < 3; i++) {
                BackupInfo made = make(i, request("b" + i));
                assertThat(made.files()).as("moves=%d", moves.get()).isEqualTo(10);
            }
        } finally {
            done.set(true);
            writer.join();
        }
        assertThat(moves).hasPositiveValue();
    }

    @Test
    void oldOnesGoWhenTheNextOneIsWhole() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clock.advance(Duration.ofMinutes(1));
            names.add(make(0, new BackupRequest(null, null, 2, null)).name());
        }
        assertThat(list(0)).extracting(BackupInfo::name).containsExactly(names.get(3), names.get(2));
        for (String node : List.of("n1", "n2", "n3")) {
            assertThat(grid.backups(node).resolve(names.get(0))).doesNotExist();
        }
    }

    @Test
    void aFlippedBitAndALostPartAreFound() throws Exception {
        put(30);
        BackupInfo made = make(0, request("one"));
        Path part = Path.of(made.parts().get(1).path());
        try (Stream<Path> files = Files.walk(part)) {
            Path largest = files.filter(file -> file.toString().endsWith(".dump"))
                    .max((one, other) ->
                            Long.compare(one.toFile().length(), other.toFile().length()))
                    .orElseThrow();
            try (RandomAccessFile file = new RandomAccessFile(largest.toFile(), "rw")) {
                file.seek(file.length() / 2);
                int was = file.read();
                file.seek(file.length() / 2);
                file.write(was ^ 1);
            }
        }
        Files.delete(Path.of(made.parts().get(2).path()).resolve("swarm-n3.json"));
        BackupResult checked = verify(0, request("one"));
        assertThat(checked.problems()).isNotEmpty().allMatch(problem -> problem.startsWith("part of node n2: "));
        BackupInfo backup = java.util.Objects.requireNonNull(checked.backup());
        assertThat(backup.missingParts()).containsExactly("n3");
        assertThat(backup.whole()).isTrue();
    }

    @Test
    void whatCannotBeIsRefusedAndLeavesNothing() throws Exception {
        make(0, request("one"));
        assertRefused(request("one"), "there is a backup one already");
        assertRefused(new BackupRequest("two", "/proc/nothing", null, null), "cannot write backups into /proc/nothing");
        assertThatThrownBy(() -> backups.get(0).backup(request("a b"))).hasMessageContaining("bad name of a backup");
        assertThatThrownBy(() -> backups.get(0).backup(new BackupRequest(null, "here", null, null)))
                .hasMessageContaining("expected an absolute path");
        assertThatThrownBy(() -> backups.get(0).backup(new BackupRequest(null, null, 0, null)))
                .hasMessageContaining("bad keep: 0");
        assertThatThrownBy(() -> backups.get(0).check(request("three")))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
                .hasMessageContaining("no such backup: three");
        grid.member(0).nodes().quorum(false);
        assertThatThrownBy(() -> backups.get(0).backup(request("four"))).hasMessageContaining("no majority");
        grid.member(0).nodes().quorum(true);
        assertThat(list(0)).extracting(BackupInfo::name).containsExactly("one");
    }

    @Test
    void aBackupThatDoesNotFitIsRefusedBeforeAByteIsWritten() {
        put(20);
        disk = new BackupRoom.Volume((5L << 30) + 1, 100L << 30);
        BackupResult refused = backups.get(0).backup(request("one"));
        assertThat(refused.state()).isEqualTo(BackupResult.FAILED);
        assertThat(refused.phase())
                .contains("a backup does not fit into " + directory, "needed=about ", "free=5GiB")
                .contains("the metadata on that disk keeps 5GiB (storage.reserve-free)", "node=n")
                .contains("keep fewer backups (--keep), or name a directory on another disk: swarm backup DIR");
        assertThat(list(0)).isEmpty();
        assertThat(grid.backups("n1").resolve("one")).doesNotExist();
        assertThat(memory.last()).isEmpty();

        disk = new BackupRoom.Volume(6L << 30, 100L << 30);
        assertThat(make(0, request("one")).whole()).isTrue();
    }

    @Test
    void aBackupThatFillsTheDiskOfTheMetadataIsTakenBack() {
        put(20);
        AtomicInteger looks = new AtomicInteger();
        backups.get(1)
                .offer(
                        new BackupFakes.Gate(),
                        grid.backups("n2"),
                        directory.resolve("ignite").resolve("n2"),
                        where -> looks.getAndIncrement() == 0
                                ? new BackupRoom.Volume(50L << 30, 100L << 30)
                                : new BackupRoom.Volume(4L << 30, 100L << 30));
        BackupResult broken = backups.get(0).backup(request("one"));
        while (broken.state().equals(BackupResult.RUNNING)) {
            broken = backups.get(0).backup(new BackupRequest(null, null, null, broken.run()));
        }
        assertThat(broken.state()).isEqualTo(BackupResult.FAILED);
        assertThat(broken.phase())
                .contains("the disk ran full while a backup was written into " + grid.backups("n2"))
                .contains("free=4GiB, of which the metadata on that disk keeps 5GiB", "node=n2");
        assertThat(list(0)).isEmpty();
        for (String node : List.of("n1", "n2", "n3")) {
            assertThat(grid.backups(node).resolve("one")).doesNotExist();
        }
        assertThat(memory.last()).isEmpty();
    }

    @Test
    void theSizeOfAPartIsToldBeforehandFromItsRows() {
        byte[] large = new byte[4000];
        for (int i = 0; i < 300; i++) {
            grid.first().namespace().fileMetadata().putInline(GridPath.parse("/large/f" + i), OPTIONS, large);
        }
        long told = BackupSize.estimateBytes(grid.first().ignite());
        long written = make(0, request("one")).parts().get(0).storedBytes();
        assertThat(told).as("written=%d", written).isBetween(written, 2 * written);
    }

    @Test
    void ofTwoAtOnceOneIsMadeAndTheOtherIsTold() throws Exception {
        put(200);
        BackupResult first = backups.get(0).backup(request("same"));
        BackupResult second = backups.get(1).backup(request("same"));
        while (first.state().equals(BackupResult.RUNNING)) {
            first = backups.get(0).backup(new BackupRequest(null, null, null, first.run()));
        }
        while (second.state().equals(BackupResult.RUNNING)) {
            second = backups.get(1).backup(new BackupRequest(null, null, null, second.run()));
        }
        assertThat(List.of(first.state(), second.state())).contains(BackupResult.DONE);
        assertThat(list(2)).extracting(BackupInfo::name).containsExactly("same");
        assertThat(verify(2, request("same")).problems()).isEmpty();
    }

    @Test
    void withANodeAwayTheOthersHaveAll() {
        put(10);
        make(0, request("before"));
        grid.stop(2);
        BackupInfo made = make(0, request("one"));
        assertThat(made.whole()).isTrue();
        assertThat(made.files()).isEqualTo(10);
        assertThat(made.parts()).hasSize(2);
        assertThat(list(0).get(1).missingParts()).containsExactly("n3");
    }

    @Test
    void aScheduleIsKeptByTheOldestNodeAlone() throws Exception {
        Duration hour = Duration.ofHours(1);
        for (GridBackups each : backups) {
            each.makeDue(hour, 2);
        }
        assertThat(list(0)).hasSize(1);
        clock.advance(Duration.ofMinutes(59));
        for (GridBackups each : backups) {
            each.makeDue(hour, 2);
        }
        assertThat(list(0)).hasSize(1);
        clock.advance(Duration.ofMinutes(1));
        for (GridBackups each : backups) {
            each.makeDue(hour, 2);
        }
        assertThat(list(0)).hasSize(2);
    }

    private void put(int files) {
        for (int i = 0; i < files; i++) {
            GridPath path = GridPath.parse("/d" + i % 7 + "/f" + i);
            grid.member(i % 3).namespace().fileMetadata().putInline(path, OPTIONS, new byte[] {1});
        }
    }

    private static BackupRequest request(String name) {
        return new BackupRequest(name, null, null, null);
    }

    private BackupInfo make(int on, BackupRequest request) {
        BackupResult result = backups.get(on).backup(request);
        while (result.state().equals(BackupResult.RUNNING)) {
            result = backups.get(on).backup(new BackupRequest(null, null, null, result.run()));
        }
        assertThat(result.state()).as(result.phase()).isEqualTo(BackupResult.DONE);
        return java.util.Objects.requireNonNull(result.backup());
    }

    private BackupResult verify(int on, BackupRequest request) {
        BackupResult result = backups.get(on).check(request);
        while (result.state().equals(BackupResult.RUNNING)) {
            result = backups.get(on).check(new BackupRequest(null, null, null, result.run()));
        }
        assertThat(result.state()).as(result.phase()).isEqualTo(BackupResult.DONE);
        return result;
    }

    private void assertRefused(BackupRequest request, String why) {
        BackupResult result = backups.get(0).backup(request);
        assertThat(result.state()).isEqualTo(BackupResult.FAILED);
        assertThat(result.phase()).contains(why);
    }

    private List<BackupInfo> list(int on) {
        return backups.get(on).list(new BackupQuery(null)).backups();
    }
}
