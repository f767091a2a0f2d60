package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.namespace.Concatenation;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.Files.Parents;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.Publication;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.SmallFile;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Changes of which the log has only the beginning, wherever that ends. */
class MenderTest extends CutTree {
    private static final int SEEDS = 60;
    private static final OperationId OPERATION = new OperationId("torn");

    private static void remove(String path, String content) {
        put(path, content);
        grid.first().namespace().fileMetadata().putInline(path(path), OPTIONS.overwriting(), bytes(content));
        grid.first().namespace().files().remove(path(path), false, null);
    }

    /** All that was removed. */
    private static void takeBack(IgniteNamespace space) {
        CLOCK.advance(Duration.ofHours(1));
        while (space.census().reclaim(Set.of("n1"), record -> {}, (id, epoch) -> {}) > 0) {}
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                change("a rename", space -> space.files().rename(path("/a/one"), path("/a/new"), false, OPERATION)),
                change("a move", space -> space.files().rename(path("/a/one"), path("/b/new"), false, OPERATION)),
                change("a move onto", space -> space.files().rename(path("/a/one"), path("/b/three"), true, OPERATION)),
                change("a move onto one from elsewhere", space -> space.files()
                        .rename(path("/a/one"), path("/b/seven"), true, OPERATION)),
                change("a move of all", space -> space.files().rename(path("/a/d"), path("/b/d"), false, OPERATION)),
                change("a put", space -> put("/a/new", "5")),
                change("a put over", space -> space.fileMetadata()
                        .putInline(path("/a/one"), OPTIONS.overwriting().operation(OPERATION), bytes("6"))),
                change("a fill", space -> space.fileMetadata()
                        .fill(idOf(space, "/a/empty"), bytes("9"), null, OPERATION)),
                change("a put over one file alone", space -> space.fileMetadata()
                        .putInline(
                                path("/a/one"),
                                OPTIONS.operation(OPERATION).over(new PutOptions.Over(idOf(space, "/a/one"), 1)),
                                bytes("6"))),
                change("a removal", space -> space.files().remove(path("/a/one"), false, OPERATION)),
                change("a removal of all", space -> space.files().remove(path("/a/d"), true, OPERATION)),
                change("a restore", space -> space.trash().restore(gone, null, "ada", OPERATION)),
                change("a restore of all elsewhere", space -> space.trash()
                        .restore(allGone, path("/b/back"), "ada", OPERATION)),
                change("a put of a block", space -> putBlock(space, "/b/new", OPTIONS)),
                change("a put of a block over", space -> putBlock(space, "/a/two", OPTIONS.overwriting())),
                change("a concatenation", MenderTest::joinSmall),
                change("a concatenation of blocks", space -> space.fileMetadata()
                        .concat(Joins.looked(space.fileMetadata(), OPERATION, path("/b/five"), path("/b/six")))),
                change("a concatenation from elsewhere", space -> {
                    FileLayout one = space.fileMetadata().layout(path("/a/one"));
                    FileLayout three = space.fileMetadata().layout(path("/b/three"));
                    space.fileMetadata().concat(Concatenation.small(one, List.of(three), bytes("13"), OPERATION));
                }),
                change("a concatenation of what was joined", space -> space.fileMetadata()
                        .concat(Joins.looked(space.fileMetadata(), OPERATION, path("/b/five"), path("/c/nine")))),
                change("a flush", space -> space.fileMetadata().show(large, List.of(block), 20)),
                change("a seal of a shown block", space -> space.fileMetadata()
                        .seal(flushed, new SealedBlock(flushedBlock, 1, 30, 5), List.of("n1"))),
                change("a close", space -> space.fileMetadata().commitInline(small, bytes("8"))),
                change("a publication", space -> publish(space, "/a/set", PutMode.CREATE, 0)),
                change("a publication over", space -> publish(space, "/sets/first", PutMode.OVERWRITE, 0)),
                change("an append", space -> publish(space, "/sets/first", PutMode.APPEND, 1)),
                change("a create", space -> space.fileMetadata().create(path("/a/new"), OPTIONS)),
                change("a create over", space -> space.fileMetadata().create(path("/a/one"), OPTIONS.overwriting())),
                change("a move of what is written", space -> space.files()
                        .rename(path("/a/large"), path("/b/large"), false, OPERATION)),
                change("a removal of what is written", space -> space.files()
                        .remove(path("/a/large"), false, OPERATION)),
                change("a removal of what was moved and is written", space -> space.files()
                        .remove(path("/b/moved"), false, OPERATION)),
                change("a put over what is written", space -> space.fileMetadata()
                        .putInline(path("/a/large"), OPTIONS.overwriting().operation(OPERATION), bytes("6"))),
                change("an attach", space -> space.mounts().attach(path("/a/m"), "file:///x", "ada", OPERATION)),
                change("a detach", space -> space.mounts().detach(path("/a/mount"), OPERATION)),
                change("a move of a mount", space -> space.files()
                        .rename(path("/a/mount"), path("/b/mount"), false, OPERATION)),
                change("a directory", space -> space.files().makeDirectory(path("/a/e"), "ada", Parents.REQUIRE)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("changes")
    void aChangeThatWasCutOffHasTakenPlaceOrHasNot(String name, Consumer<IgniteNamespace> change) {
        IgniteNamespace namespace = grid.first().namespace();
        Map<String, Map<Object, byte[]>> rows = log.rows();
        try {
            isWholeWhereverItEnds(name, rows, () -> change.accept(namespace));
        } finally {
            log.restore(rows);
        }
    }

    @Test
    void whatWasRemovedStaysRemovedWhereItsTakingBackIsCutOff() {
        IgniteNamespace space = grid.first().namespace();
        Map<String, Map<Object, byte[]>> begin = log.rows();
        try {
            takeBack(space);
            remove("/a/old", "9");
            remove("/b/older", "10");
            put("/b/older", "11"); // of an earlier version than what had the name before
            putBlock(space, "/a/held", OPTIONS);
            space.files().remove(path("/a/held"), false, null);
            space.files().makeDirectory(path("/a/gone"), "ada", Parents.REQUIRE);
            put("/a/gone/with", "12");
            space.files().remove(path("/a/gone"), true, null);
            Map<String, String> entries = log.entries();
            Map<String, Map<Object, byte[]>> rows = log.rows();
            List<CutLog.Write> writes = log.written(() -> takeBack(space));
            Map<String, Set<Object>> left = log.keys();
            for (int i = 0; i < writes.size() + SEEDS; i++) {
                log.restore(rows);
                List<CutLog.Write> some = i < writes.size()
                        ? writes.subList(0, i)
                        : CutLog.someOfEachLog(writes, new Random(i - (long) writes.size()));
                some.forEach(write -> write.again().run());

                mender().run();

                assertThat(log.entries()).as("%s", some).isEqualTo(entries);
                takeBack(space);
                assertThat(log.entries()).as("%s", some).isEqualTo(entries);
                assertThat(log.keys()).as("%s", some).isEqualTo(left);
            }
        } finally {
            log.restore(begin);
        }
    }

    @Test
    void ofManyThatWerePutEachIsThereOrNot() {
        IgniteNamespace space = grid.first().namespace();
        Map<String, Map<Object, byte[]>> rows = log.rows();
        Map<String, String> before = log.entries();
        List<SmallFile> many = List.of(
                new SmallFile("m1", bytes("1")), new SmallFile("one", bytes("2")), new SmallFile("m3", bytes("3")));
        try {
            List<CutLog.Write> writes = log.written(() -> space.fileMetadata()
                    .putMany(path("/a"), many, OPTIONS.overwriting().operation(OPERATION)));
            Map<String, String> after = log.entries();
            assertThat(after).hasSize(before.size() + 2);
            for (int i = 0; i < writes.size() + SEEDS; i++) {
                log.restore(rows);
                List<CutLog.Write> some = i < writes.size()
                        ? writes.subList(0, i)
                        : CutLog.someOfEachLog(writes, new Random(i - (long) writes.size()));
                some.forEach(write -> write.again().run());

                mender().run();

                Map<String, String> now = log.entries();
                Map<String, String> others = new TreeMap<>(now);
                for (SmallFile each : many) {
                    String path = "/a/" + each.name();
                    assertThat(now.get(path)).as("%s: %s", path, some).isIn(before.get(path), after.get(path));
                    others.put(path, String.valueOf(after.get(path)));
                }
                assertThat(others).as("%s", some).isEqualTo(after);
                boolean remembered = space.files().outcome(OPERATION).isPresent();
                assertThat(remembered && !now.equals(after))
                        .as("%s: told as done", some)
                        .isFalse();
                assertThat(mender().run())
                        .as("%s: nothing is left to mend", some)
                        .isZero();
            }
        } finally {
            log.restore(rows);
        }
    }

    @Test
    void looksAgainWhereItCouldNotLookAtAll() {
        TestNodes nodes = new TestNodes("n1", List.of("n1"));
        Mender mender = new Mender(new Runner(ignite(), nodes), CLOCK);
        nodes.quorumFor(10);
        mender.run();
        nodes.quorumFor(Long.MAX_VALUE);
        assertThat(mender.isWhole()).isFalse();

        mender.run();

        assertThat(mender.isWhole()).isTrue();
    }

    @Test
    void goesOnWhereARecordCannotBeRead() {
        Map<String, Map<Object, byte[]>> begin = log.rows();
        try {
            IgniteNamespace space = grid.first().namespace();
            long id = space.files().stat(path("/a/one")).id();
            log.cache(NamespaceCaches.INODES).put(id, new byte[] {99});
            Mender mender = mender();

            mender.run();

            assertThat(mender.isWhole()).isTrue();
            assertThat(mender.isDoubtful(Tables.of(ignite()).partition(id))).isTrue();
        } finally {
            log.restore(begin);
        }
    }

    @Test
    void leavesWhatWasRemovedThoughItsBytesAreTorn() {
        Map<String, Map<Object, byte[]>> begin = log.rows();
        try {
            IgniteNamespace space = grid.first().namespace();
            long id = space.files().stat(path("/a/one")).id();
            space.files().remove(path("/a/one"), false, null);
            log.cache(NamespaceCaches.INLINE).put(id, bytes("more than it says"));

            assertThat(mender().run()).isPositive();

            assertThat(space.files().list(path("/a"), null, 100).entries())
                    .extracting(FileStatus::path)
                    .doesNotContain("/a/one");
        } finally {
            log.restore(begin);
        }
    }

    private static void isWholeWhereverItEnds(String name, Map<String, Map<Object, byte[]>> rows, Runnable change) {
        Map<String, String> before = log.entries();
        List<CutLog.Write> writes = log.written(change);
        Map<String, String> after = log.entries();
        assertThat(after).isNotEqualTo(before);
        assertThat(mender().run()).as("nothing to mend in what is whole").isZero();
        for (int cut = 0; cut <= writes.size(); cut++) {
            log.restore(rows);
            isWholeWith(writes.subList(0, cut), name, before, after);
        }
        for (int seed = 0; seed < SEEDS; seed++) {
            log.restore(rows);
            isWholeWith(CutLog.someOfEachLog(writes, new Random(seed)), name + ", seed " + seed, before, after);
        }
    }

    private static void isWholeWith(
            List<CutLog.Write> writes, String name, Map<String, String> before, Map<String, String> after) {
        writes.forEach(write -> write.again().run());

        mender().run();

        assertThat(log.entries()).as("%s: %s", name, writes).isIn(before, after);
        boolean remembered = grid.first().namespace().files().outcome(OPERATION).isPresent();
        assertThat(remembered && !log.entries().equals(after))
                .as("%s: %s: told as done", name, writes)
                .isFalse();
        assertThat(mender().run())
                .as("%s: %s: nothing is left to mend", name, writes)
                .isZero();
    }

    private static Mender mender() {
        return new Mender(new Runner(ignite(), grid.first().nodes()), CLOCK);
    }

    private static Arguments change(String name, Consumer<IgniteNamespace> change) {
        return arguments(name, change);
    }

    private static void joinSmall(IgniteNamespace space) {
        FileLayout one = space.fileMetadata().layout(path("/a/one"));
        FileLayout two = space.fileMetadata().layout(path("/a/two"));
        space.fileMetadata().concat(Concatenation.small(one, List.of(two), bytes("12"), OPERATION));
    }

    private static void publish(IgniteNamespace space, String target, PutMode mode, long version) {
        space.files()
                .publish(new Publication(
                        Files.STAGING.child("second"),
                        path(target),
                        mode,
                        EntryKind.DATASET,
                        Map.of("by", "second"),
                        version,
                        OPERATION));
    }
}
