package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PolicyAttributes;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.client.wire.QuotaState;
import io.swarmgrid.client.wire.QuotaStatus;
import io.swarmgrid.client.wire.RecoverResult;
import io.swarmgrid.client.wire.RecoverResult.Problem;
import io.swarmgrid.client.wire.RestoreRequest;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.Mount;
import io.swarmgrid.storage.namespace.Mounts;
import io.swarmgrid.storage.namespace.Publication;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Quotas;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a restore makes of the names and small files of two nodes. Blocks are the business of BackupIT. */
final class GridRestoreTest extends RestoredGrid {
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @Test
    void whatWasRemovedOverwrittenOrRenamedIsAsItWas() {
        put("/a/b/removed", "1");
        put("/a/b/overwritten", "2");
        put("/a/renamed", "3");
        put("/tree/x/y", "4");
        put("/same", "5");
        files().setAttribute(path("/a"), "note", "then");
        Map<String, String> then = tree();
        backup("one");

        files().remove(path("/a/b/removed"), false, null);
        put("/a/b/overwritten", "new");
        files().rename(path("/a/renamed"), path("/elsewhere"), false, null);
        files().remove(path("/tree"), true, null);
        reclaim();
        files().setAttribute(path("/a"), "note", "now");
        put("/later/file", "6");

        assertThat(restore("one", true).counts().relocatedEntries()).isEqualTo(1);
        assertThat(tree()).doesNotContainKey("/a/b/removed");
        RecoverResult done = restore("one", false);
        assertThat(gate.isClosed()).isFalse();
        assertThat(tree()).containsAllEntriesOf(then).containsEntry("/later/file", "6");
        assertThat(tree()).doesNotContainKey("/elsewhere");
        assertThat(files().stat(path("/a")).attributes()).containsEntry("note", "then");
        assertThat(done.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.problem()).isEqualTo(Problem.RELOCATED);
            assertThat(tree()).containsEntry(problem.path(), "new");
        });
        assertThat(done.counts().missingBlocks()).isZero();
    }

    @Test
    void aMountIsOneAgainAndOneThatCameLaterStays() {
        Mounts mounts = grid.first().namespace().mounts();
        mounts.attach(path("/data/then"), "file:///then", "ada", null);
        backup("one");
        mounts.detach(path("/data/then"), null);
        reclaim();
        mounts.attach(path("/data/later"), "file:///later", "ada", null);
        restore("one", false);

        for (String path : List.of("/data/then", "/data/later")) {
            assertThat(mounts.over(path(path + "/x"))).isPresent();
            Expect.error(ErrorCode.UNSUPPORTED, "an outer store is mounted there", () -> put(path + "/x", "1"));
        }
        assertThat(mounts.list()).extracting(Mount::path).containsExactly(path("/data/later"), path("/data/then"));
        assertThat(mounts.list()).extracting(Mount::uri).containsExactly("file:///later", "file:///then");
    }

    @Test
    void quotasComeBackAndAreCountedAnew() {
        put("/limited/a/f", "123");
        put("/kept/f", "12");
        Quotas quotas = grid.first().namespace().quotas();
        quotas.set(path("/limited"), 100L, null);
        quotas.set(path("/kept"), null, 10L);
        settle("/limited");
        settle("/kept");
        backup("one");
        files().remove(path("/limited"), true, null);
        reclaim();
        files().remove(path("/kept/f"), false, null);
        reclaim();
        put("/kept/g", "1234");

        restore("one", false);

        assertThat(settle("/limited")).isEqualTo(new QuotaStatus("/limited", 100L, null, 3, 2, QuotaState.ACTIVE));
        assertThat(settle("/kept")).isEqualTo(new QuotaStatus("/kept", null, 10L, 6, 2, QuotaState.ACTIVE));
        QuotaAudit.requireExact(grid.first().ignite());
    }

    @Test
    void whatComesBackExpiresAsItWouldHave() {
        put("/d/first", "1");
        files().setAttribute(path("/d"), PolicyAttributes.TTL, "5h");
        put("/d/f", "1");
        backup("one");
        files().remove(path("/d"), true, null);
        reclaim();
        restore("one", false);
        assertThat(tree()).containsEntry("/d/f", "1");
        reclaim();
        assertThat(tree()).containsEntry("/d/f", "1");
        clock.advance(Duration.ofHours(3));
        reclaim();
        assertThat(tree()).doesNotContainKey("/d/f").containsEntry("/d/first", "1");
    }

    private QuotaStatus settle(String path) {
        return QuotaAudit.settle(
                List.of(grid.member(0).namespace(), grid.member(1).namespace()), path(path));
    }

    @Test
    void whatIsRestoredCanBeUsedRemovedAndRestoredAgain() {
        put("/d/f", "1");
        backup("one");
        for (int round = 0; round < 3; round++) {
            files().remove(path("/d"), true, null);
            if (round % 2 == 0) {
                reclaim();
            }
            restore("one", false);
            assertThat(tree()).containsEntry("/d/f", "1");
            put("/d/g" + round, "2");
            files().rename(path("/d/g" + round), path("/d/h"), true, null);
            reclaim();
            assertThat(tree()).containsEntry("/d/h", "2").containsEntry("/d/f", "1");
        }
        long id = files().stat(path("/d/f")).id();
        Inode inode = Objects.requireNonNull(Tables.of(grid.first().ignite()).inode(id));
        assertThat(Stamps.era(inode.revision().changes())).isEqualTo(3);
    }

    @Test
    void anEndOutdoesTheRecordsOfItsEraAndNoneOfTheNext() {
        long first = 17;
        long end = Stamps.end(first);
        long restored = Stamps.restored(1, first);
        assertThat(end).isGreaterThan(first).isLessThan(restored);
        assertThat(Stamps.end(restored)).isGreaterThan(restored + 1000).isLessThan(Stamps.restored(2, 0));
        assertThat(Stamps.era(restored)).isEqualTo(1);
    }

    @Test
    void afterAnyChangesEverythingOfTheBackupIsThereAndNothingElseIsLost() {
        change(60, "");
        Map<String, String> then = tree();
        backup("one");
        change(60, "later");
        Map<String, String> before = tree();
        restore("one", false);
        Map<String, String> after = tree();
        assertThat(after).as("seed=%d", seed).containsAllEntriesOf(then);
        // What was written later is somewhere, with its content.
        List<String> later = before.values().stream()
                .filter(text -> text.startsWith("later"))
                .toList();
        assertThat(after.values()).as("seed=%d", seed).containsAll(later);
        restore("one", false);
        assertThat(tree()).as("seed=%d", seed).isEqualTo(after);
        reclaim();
        assertThat(tree()).as("seed=%d", seed).isEqualTo(after);
    }

    @Test
    void aDatasetIsOfOneVersionAndWhatCameIntoItLaterIsKept() {
        publish("a", PutMode.CREATE, 0);
        Map<String, String> then = tree();
        backup("one");
        publish("b", PutMode.APPEND, 1);

        RecoverResult done = restore("one", false);
        assertThat(tree()).containsAllEntriesOf(then).doesNotContainKey("/lake/part-b");
        FileStatus dataset = files().stat(path("/lake"));
        assertThat(dataset.attributes()).containsEntry("by", "a");
        assertThat(dataset.version()).isEqualTo(3); // what somebody keeps of version 2 is not mistaken for it
        assertThat(done.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.problem()).isEqualTo(Problem.RELOCATED);
            assertThat(tree()).containsEntry(problem.path(), "b");
        });
        publish("c", PutMode.APPEND, 3);
        assertThat(tree()).containsEntry("/lake/part-c", "c");
    }

    private void publish(String session, PutMode mode, long version) {
        GridPath staged = Files.STAGING.child("session-" + session);
        files().makeDirectory(staged, "ada", Files.Parents.MAKE);
        byte[] bytes = session.getBytes(StandardCharsets.UTF_8);
        grid.first()
                .namespace()
                .fileMetadata()
                .putInline(staged.child("part-" + session), PutOptions.create("ada"), bytes);
        Map<String, String> attributes = Map.of("by", session);
        files().publish(new Publication(staged, path("/lake"), mode, EntryKind.DATASET, attributes, version, null));
    }

    @Test
    void aFileWithoutItsBlocksComesBackAndIsNamed() {
        PutOptions options = PutOptions.create("ada");
        var file = grid.first().namespace().fileMetadata().begin(path("/blocks"), options);
        var block = grid.first().namespace().fileMetadata().allocate(file, 0, Set.of());
        var sealed = new io.swarmgrid.storage.block.SealedBlock(block.id(), block.epoch(), 100, 42);
        grid.first().namespace().fileMetadata().seal(file, sealed, List.of("n1"));
        grid.first().namespace().fileMetadata().commit(file, List.of(block.id()));
        backup("one");
        files().remove(path("/blocks"), false, null);
        reclaim();
        RecoverResult done = restore("one", false);
        assertThat(files().stat(path("/blocks")).sizeBytes()).isEqualTo(100);
        assertThat(done.counts().missingBlocks()).isEqualTo(1);
        assertThat(done.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.problem()).isEqualTo(Problem.MISSING_BLOCK);
            assertThat(problem.path()).isEqualTo("/blocks");
        });
    }

    @Test
    void aBackupThatIsNotThisGridsOrNotThereOrNotWholeIsRefused() throws Exception {
        put("/f", "1");
        backup("one");
        assertThatThrownBy(() -> restore("two", false))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
                .hasMessageContaining("no such backup: two");
        GridBackups others = grid.first().namespace().backups(new BackupFakes.Memory(), "another-grid", "1");
        try (GridRestore other = grid.first().namespace().restore(others, gate)) {
            assertThatThrownBy(() -> other.restore(new RestoreRequest("one", null, null, null)))
                    .hasMessageContaining("is of another grid");
        }
        for (String node : List.of("n1", "n2")) {
            java.nio.file.Files.delete(grid.backups(node).resolve("one").resolve("swarm-" + node + ".json"));
            if (node.equals("n1")) {
                assertThat(restore("one", true).state()).isEqualTo(RecoverResult.DONE);
            }
        }
        assertThatThrownBy(() -> restore("one", false)).hasMessageContaining("no such backup: one");
        assertThat(gate.isClosed()).isFalse();
    }

    /** Puts, overwrites, removes and renames at random. */
    private void change(int count, String text) {
        for (int i = 0; i < count; i++) {
            GridPath at = path("/" + "abc".charAt(random.nextInt(3)) + "/" + "de".charAt(random.nextInt(2)) + "/"
                    + "fgh".charAt(random.nextInt(3)));
            GridPath above = Objects.requireNonNull(random.nextInt(3) == 0 ? at.parent() : at);
            try {
                switch (random.nextInt(6)) {
                    case 0 -> files().remove(above, true, null);
                    case 1 -> files().rename(above, path("/moved" + random.nextInt(4)), false, null);
                    case 2 -> files().rename(path("/moved" + random.nextInt(4)), above, false, null);
                    case 3 -> reclaim();
                    default -> put(at.toString(), text + i);
                }
            } catch (GridException e) {
                assertThat(e.kind()).as("seed=%d: %s", seed, e.getMessage()).isEqualTo(ErrorCode.NOT_FOUND.kind());
            }
        }
    }
}
