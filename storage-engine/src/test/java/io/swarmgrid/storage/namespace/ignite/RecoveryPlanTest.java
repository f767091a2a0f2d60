package io.swarmgrid.storage.namespace.ignite;

import static io.swarmgrid.storage.namespace.ignite.FoundRecords.NOW;
import static io.swarmgrid.storage.namespace.ignite.FoundRecords.block;
import static io.swarmgrid.storage.namespace.ignite.FoundRecords.directory;
import static io.swarmgrid.storage.namespace.ignite.FoundRecords.file;
import static io.swarmgrid.storage.namespace.ignite.FoundRecords.inode;
import static io.swarmgrid.storage.namespace.ignite.FoundRecords.record;
import static io.swarmgrid.storage.namespace.ignite.FoundRecords.recorded;
import static io.swarmgrid.storage.namespace.ignite.FoundRecords.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.RecoverResult.Problem;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.journal.NameRecord;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Replica;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is made of records and blocks, whatever is missing among them. */
final class RecoveryPlanTest {
    private static final Lease LEASE = new Lease("n1", new UUID(1, 2), 1);

    private final RecoveryFacts facts = new RecoveryFacts(new HeapShare("a test", Long.MAX_VALUE));

    @Test
    void theLatestRecordSaysWhereAnInodeIs() {
        facts.add(directory(2001, Ids.ROOT, "d", 1));
        facts.add(file(3001, 2001, "new", 3));
        facts.add(file(3001, Ids.ROOT, "old", 2));

        assertThat(tree(plan())).containsOnly(Map.entry("/d", 2001L), Map.entry("/d/new", 3001L));
    }

    @Test
    void whatWasRemovedDoesNotComeBackNorWhatWasBelowIt() {
        facts.add(NameRecord.removed(2001, NOW));
        facts.add(directory(2001, Ids.ROOT, "d", 1));
        facts.add(directory(2002, 2001, "e", 1));
        facts.add(file(3001, 2002, "f", 1));
        facts.add("n1", block(5, 1, 3001, 0, 100, "/d/e/f"));
        facts.add("n1", block(6, 1, 2001, 0, 100, "/d"));

        RecoveryPlan plan = plan();

        assertThat(tree(plan)).isEmpty();
        assertThat(plan.gone()).containsExactlyInAnyOrder(2001L, 2002L, 3001L);
        assertThat(plan.unusedCopies()).isEqualTo(2);
    }

    @Test
    void whatLiesInAnUnknownDirectoryGoesToLostFoundWithAllThatIsBelowIt() {
        facts.add(directory(2002, 9999, "e", 1));
        facts.add(file(3001, 2002, "f", 1));

        RecoveryPlan plan = plan();

        assertThat(tree(plan))
                .containsOnlyKeys("/lost+found", "/lost+found/00000000000007d2", "/lost+found/00000000000007d2/f")
                .containsEntry("/lost+found/00000000000007d2/f", 3001L);
        assertThat(plan.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.problem()).isEqualTo(Problem.RELOCATED);
            assertThat(problem.detail()).isEqualTo("was named e");
        });
    }

    @Test
    void ofTwoWithOneNameTheLaterVersionHasIt() {
        facts.add(record(3001, value(inode(EntryKind.FILE, Ids.ROOT, "f", 1, 7, null), List.of())));
        facts.add(record(3002, value(inode(EntryKind.FILE, Ids.ROOT, "f", 2, 1, null), List.of())));

        assertThat(tree(plan())).containsEntry("/f", 3002L).containsEntry("/lost+found/0000000000000bb9", 3001L);
    }

    @Test
    void aCircleOfDirectoriesIsCutOpen() {
        facts.add(directory(2001, 2002, "a", 1));
        facts.add(directory(2002, 2001, "b", 1));

        assertThat(plan().placed()).containsKeys(2001L, 2002L);
    }

    @Test
    void aFileThatWasOpenDoesNotComeToItsPath() {
        facts.add(record(3001, value(inode(EntryKind.FILE, Ids.ROOT, "f", 1, 1, LEASE), List.of())));
        facts.add("n1", block(5, 1, 3001, 0, 100, "/f"));

        RecoveryPlan plan = plan();

        assertThat(tree(plan)).containsOnlyKeys("/lost+found", "/lost+found/0000000000000bb9");
        assertThat(plan.unfinished()).isEqualTo(1);
        assertThat(plan.problems().get(0).detail()).isEqualTo("/f");
    }

    @Test
    void blocksWithoutARecordGoToThePathThatTheyHadWhenTheyWereWritten() {
        facts.add("n1", block(6, 1, 3001, 100, 50, "/a/b/f"));
        facts.add("n2", block(5, 2, 3001, 0, 100, "/a/b/f"));
        facts.add("n1", block(5, 1, 3001, 0, 90, "/a/b/f"));

        RecoveryPlan plan = plan();

        assertThat(tree(plan)).containsOnlyKeys("/a", "/a/b", "/a/b/f").containsEntry("/a/b/f", 3001L);
        RecoveryPlan.Made file = plan.made().get(2);
        assertThat(file.inode().content().lengthBytes()).isEqualTo(150);
        assertThat(file.blocks()).extracting(BlockRecord::epoch).containsExactly(2L, 1L);
        assertThat(file.blocks().get(0).holders()).containsExactly(new Replica("n2", 2));
        assertThat(plan.withoutRecord()).isEqualTo(1);
        assertThat(tree(plan())).as("made again").isEqualTo(tree(plan));
    }

    @Test
    void blocksWithAGapOrWithoutAFreePathGoToLostFound() {
        facts.add(file(3000, Ids.ROOT, "taken", 1));
        facts.add("n1", block(5, 1, 3001, 0, 100, "/taken"));
        facts.add("n1", block(6, 1, 3002, 0, 100, "/gap"));
        facts.add("n1", block(8, 1, 3002, 300, 100, "/gap"));
        facts.add("n1", block(9, 1, 3003, 0, 100, "/.swarm/staging/s/part"));
        facts.add("n1", block(10, 1, 3004, 0, 100, ""));
        facts.add("n1", block(11, 1, 3005, 0, 100, "/taken/below"));

        assertThat(tree(plan()))
                .containsOnlyKeys(
                        "/taken",
                        "/lost+found",
                        "/lost+found/0000000000000bb9",
                        "/lost+found/0000000000000bba",
                        "/lost+found/0000000000000bba.300",
                        "/lost+found/0000000000000bbb",
                        "/lost+found/0000000000000bbc",
                        "/lost+found/0000000000000bbd")
                .containsEntry("/taken", 3000L);
    }

    @Test
    void aBlockOfAnotherEpochOrWithOtherBytesIsNoCopyAndWhatIsMissingIsNamed() {
        BlockRecord first = recorded(5, 2, 3001, 0, 100);
        BlockRecord second = recorded(6, 1, 3001, 100, 50);
        facts.add(record(3001, value(inode(EntryKind.FILE, Ids.ROOT, "f", 1, 1, null), List.of(first, second))));
        facts.add("n1", block(5, 1, 3001, 0, 100, "/f"));
        facts.add("n2", block(5, 2, 3001, 0, 100, "/f"));
        facts.add("n1", block(6, 1, 3001, 100, 49, "/f"));

        RecoveryPlan plan = plan();

        assertThat(facts.held(first).holders()).containsExactly(new Replica("n2", 2));
        assertThat(plan.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.problem()).isEqualTo(Problem.MISSING_BLOCK);
            assertThat(problem.path()).isEqualTo("/f");
            assertThat(problem.blockId()).isEqualTo("0000000000000006");
            assertThat(problem.offset()).isEqualTo(100);
        });
        assertThat(new RecoveryCount(facts, plan).counts().brokenFiles()).isEqualTo(1);
    }

    @Test
    void partsOfAFileWithAGapKeepTheBlocksThatTheirSidecarsName() {
        facts.add("n1", block(6, 1, 3002, 0, 100, "/gap"));
        facts.add("n1", block(8, 1, 3002, 300, 100, "/gap"));
        facts.add("n2", block(9, 1, 3002, 400, 10, "/gap"));

        RecoveryPlan.Made part = plan().made().get(2);

        assertThat(part.id()).isNotEqualTo(3002);
        Inode.Content content = part.inode().content();
        assertThat(content.keys(part.id(), content.blocks()))
                .as("the orphan sweep asks for these")
                .containsExactly(new BlockKey(3002, 8), new BlockKey(3002, 9));
        assertThat(part.blocks()).extracting(BlockRecord::fileId).containsOnly(3002L);
        assertThat(part.blocks().stream().map(content::placed).map(BlockRecord::offset))
                .containsExactly(0L, 100L);
    }

    /** A file of a block of its own and one of each of these, which were joined to it. */
    private static NameRecord joined(long... sources) {
        List<BlockRecord> blocks = new ArrayList<>(List.of(recorded(5, 1, 3001, 0, 100)));
        Map<BlockId, Inode.Adopted> adopted = new HashMap<>();
        for (long source : sources) {
            BlockRecord block = recorded(source, 1, source, 0, 10);
            adopted.put(block.id(), new Inode.Adopted(source, 90 + 10L * blocks.size()));
            blocks.add(block);
        }
        Inode.Content content = Inode.Content.sealed(
                90 + 10L * blocks.size(), blocks.stream().map(BlockRecord::id).toList());
        Inode file = inode(EntryKind.FILE, Ids.ROOT, "f", 2, 2, null).holding(content.adopting(adopted));
        return record(3001, value(file, blocks));
    }

    @Test
    void aJoinedFileHasTheBlocksOfTheOthersWhateverIsKnownOfThose() {
        facts.add(joined(3002, 3003, 3004));
        facts.add(NameRecord.removed(3002, NOW));
        facts.add(record(3003, value(inode(EntryKind.FILE, Ids.ROOT, "emptied", 1, 3, LEASE), List.of())));
        facts.add("n1", block(5, 1, 3001, 0, 100, "/f"));
        for (long source : List.of(3002L, 3003L, 3004L)) {
            facts.add("n1", block(source, 1, source, 0, 10, "/s" + source));
        }

        RecoveryPlan plan = plan();

        assertThat(tree(plan)).containsOnlyKeys("/f");
        assertThat(plan.problems()).isEmpty();
        assertThat(plan.unusedCopies()).isZero();
        assertThat(new RecoveryCount(facts, plan).counts().brokenFiles()).isZero();
    }

    @Test
    void whatWasJoinedIsNotLostWithTheRecordOfThat() {
        facts.add(record(3003, value(inode(EntryKind.FILE, Ids.ROOT, "emptied", 1, 3, LEASE), List.of())));
        facts.add("n1", block(7, 1, 3003, 0, 10, "/before"));

        assertThat(tree(plan())).containsOnlyKeys("/lost+found", "/lost+found/" + Ids.text(3003));
    }

    @Test
    void whatIsStagedIsKnownForThat() {
        facts.add(directory(2001, Ids.STAGING, "session", 1));
        facts.add(directory(2002, 2001, "deeper", 1));
        facts.add(directory(2003, Ids.ROOT, "other", 1));

        RecoveryPlan plan = plan();

        assertThat(plan.isStaged(2001)).isTrue();
        assertThat(plan.isStaged(2002)).isTrue();
        assertThat(plan.isStaged(2003)).isFalse();
    }

    /** A random history of a tree, written down by three nodes of which each misses some: together they know all. */
    @Test
    void aRandomTreeComesBackAsItWas() {
        for (int round = 0; round < 60; round++) {
            long seed = System.nanoTime();
            Random random = new Random(seed);
            NamesModel model = new NamesModel(random);
            for (int step = 0; step < 200; step++) {
                model.change();
            }
            RecoveryFacts all = new RecoveryFacts(new HeapShare("a test", Long.MAX_VALUE));
            List<NameRecord> records = new ArrayList<>(model.history());
            records.removeIf(record -> model.isStale(record) && random.nextInt(3) == 0);
            for (int copies = random.nextInt(50); copies > 0; copies--) {
                records.add(records.get(random.nextInt(records.size())));
            }
            Collections.shuffle(records, random);
            records.forEach(all::add);

            RecoveryPlan plan = RecoveryPlan.of(all, 2, NOW);

            assertThat(tree(plan)).as("seed %d", seed).isEqualTo(model.paths());
            assertThat(plan.problems()).as("seed %d", seed).isEmpty();
        }
    }

    private RecoveryPlan plan() {
        return RecoveryPlan.of(facts, 2, NOW);
    }

    private static Map<String, Long> tree(RecoveryPlan plan) {
        Map<String, Long> tree = new TreeMap<>();
        plan.placed().forEach((id, link) -> {
            if (id > Ids.BLOCKS) {
                tree.put(plan.path(link), id);
            }
        });
        return tree;
    }
}
