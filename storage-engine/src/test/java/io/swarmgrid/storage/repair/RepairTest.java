package io.swarmgrid.storage.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.wire.RepairStatus;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.log.HeardLog;
import io.swarmgrid.storage.membership.PaceTime;
import io.swarmgrid.storage.namespace.BlockRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is made good, and what is taken back, by several repairs on one grid in memory. */
class RepairTest {
    @TempDir
    private Path directory;

    private FakeGrid grid;
    private Repairs repairs;

    @BeforeEach
    void makeGrid() {
        grid = new FakeGrid(directory);
        repairs = new Repairs(grid);
    }

    @AfterEach
    void stop() {
        repairs.close();
    }

    @Test
    void makesGoodWhatALostNodeHeldOnceItIsGone() {
        repairs.start("n1", "n2", "n3");
        repairs.fill();
        await().until(repairs::isQuiet);

        FakeGrid.Node lost = repairs.kill("n3", true);
        // Waited for: counted, but nothing is copied.
        await().until(() -> repairs.total(RepairStatus::underReplicatedBlocks) == 20);
        assertThat(repairs.total(RepairStatus::pendingBytes)).isEqualTo(20 * FakeGrid.BLOCK_BYTES);
        assertThat(repairs.total(RepairStatus::copiedBlocks)).isZero();

        grid.waitedFor.remove("n3");
        await().until(() -> repairs.total(RepairStatus::underReplicatedBlocks) == 0);
        await().until(repairs::isQuiet);
        assertThat(repairs.total(RepairStatus::copiedBlocks)).isEqualTo(20);
        assertThat(repairs.total(RepairStatus::copiedBytes)).isEqualTo(20 * FakeGrid.BLOCK_BYTES);
        for (int id = 1; id <= Repairs.BLOCKS; id++) {
            assertThat(grid.holders(id)).as("block %s", id).containsExactly("n1", "n2");
        }

        // It comes back with copies that nobody names any more: they go, but not before their grace is over.
        grid.back(lost);
        repairs.start(lost);
        await().during(Duration.ofMillis(300)).until(() -> lost.blocks.blocks() == 20);
        assertThat(repairs.total(RepairStatus::underReplicatedBlocks)).isZero();
    }

    @Test
    void needsNoCopyWhereTheNodeComesBackInTime() {
        repairs.start("n1", "n2", "n3");
        repairs.fill();
        FakeGrid.Node lost = repairs.kill("n3", true);
        await().until(() -> repairs.total(RepairStatus::underReplicatedBlocks) == 20);
        grid.back(lost);
        repairs.start(lost);
        await().until(() -> repairs.total(RepairStatus::underReplicatedBlocks) == 0);
        assertThat(repairs.total(RepairStatus::copiedBlocks)).isZero();
    }

    @Test
    void givesUpSurplusCopiesAndDeletesThem() {
        repairs.start("n1", "n2", "n3");
        grid.block(1, 2, "n1", "n2", "n3");
        await().until(() -> grid.holders(1).size() == 2);
        Set<String> holders = grid.holders(1);
        await().until(() -> grid.nodes.values().stream()
                .allMatch(node -> node.blocks.blocks() == (holders.contains(node.name) ? 1 : 0)));
        await().until(() -> repairs.total(RepairStatus::surplusReplicas) == 0);
    }

    @Test
    void passesOverADamagedCopyAndGivesItUp() {
        repairs.start("n1", "n2", "n3", "n4");
        grid.block(8, 3, "n1", "n2");
        grid.damaged.add("n1/8");
        await().until(() -> grid.holders(8).size() == 3 && !grid.holders(8).contains("n1"));
        assertThat(repairs.node("n1").blocks.blocks()).isEqualTo(1);
    }

    @Test
    void takesACopyThatWasGivenUpForGoodOnlyOnceItWasRead() {
        repairs.start("n1", "n2", "n3");
        grid.damaged.add("n1/8");
        grid.block(8, 3, "n1", "n2");
        // Given up by whoever fetches from it, it is the last place for a third copy.
        await().until(() -> grid.holders(8).size() == 3);
        assertThat(grid.falselyRecorded).isEmpty();
        assertThat(grid.damaged).as("copied anew").isEmpty();

        // One that is good costs no copy.
        for (String name : List.of("n1", "n3")) {
            repairs.node(name).blocks.put(FakeGrid.record(9, 3, List.of()));
        }
        grid.block(9, 3, "n2");
        await().until(() -> grid.holders(9).size() == 3);
        await().until(repairs::isQuiet);
        assertThat(repairs.total(RepairStatus::copiedBlocks)).isEqualTo(2);
    }

    @Test
    void keepsTheLastCopyHoweverBad() {
        repairs.start("n1", "n2");
        grid.block(4, 2, "n1");
        grid.damaged.add("n1/4");
        await().during(Duration.ofMillis(400)).until(() -> grid.holders(4).equals(Set.of("n1")));
        assertThat(repairs.total(RepairStatus::underReplicatedBlocks)).isEqualTo(1);
    }

    @Test
    void noticesThatANodeCameBackWithoutItsBlocks() {
        repairs.start("n1", "n2", "n3");
        repairs.fill();
        await().until(repairs::isQuiet);
        FakeGrid.Node wiped = repairs.kill("n3", true);
        await().until(() -> repairs.total(RepairStatus::underReplicatedBlocks) == 20);
        wiped.blocks.list().forEach(block -> wiped.blocks.delete(block.id(), block.epoch()));
        grid.back(wiped);
        repairs.start(wiped);
        await().until(() -> repairs.total(RepairStatus::copiedBlocks) == 20);
        await().until(repairs::isQuiet);
        for (int id = 1; id <= Repairs.BLOCKS; id++) {
            assertThat(grid.holders(id)).as("block %s", id).hasSize(2);
            for (String holder : grid.holders(id)) {
                assertThat(repairs.node(holder).blocks.find(new BlockId(id))).isPresent();
            }
        }
    }

    @Test
    void givesUpNoCopyByTheRecordOfANodeThatHasNotAnswered() {
        repairs.start("n1", "n2", "n3");
        FakeGrid.Node wiped = repairs.kill("n3", true);
        for (int id = 1; id <= Repairs.BLOCKS; id++) {
            grid.block(id, 2, "n1", "n2", "n3");
        }
        // What it lacks is heard of late: until then it is a live holder of everything, and one too many.
        grid.lost = (from, message) -> from.equals("n3") && message instanceof RepairMessage.Missing;
        grid.back(wiped);
        repairs.start(wiped);
        await().until(() -> repairs.each().allMatch(repair -> repair.local().surplusReplicas() > 0));
        for (int id = 1; id <= Repairs.BLOCKS; id++) {
            assertThat(grid.holders(id)).as("block %s", id).contains("n1", "n2");
        }

        grid.lost = (from, message) -> false;
        await().until(repairs::isQuiet);
        repairs.checkCopies(Repairs.BLOCKS);
        assertThat(grid.fewestHolders).isEqualTo(2);
        assertThat(repairs.total(RepairStatus::copiedBlocks)).isZero();
    }

    @Test
    void noticesHoweverMuchANodeCameBackWithout() {
        int blocks = 20_000;
        repairs.start("n1", "n2");
        FakeGrid.Node wiped = repairs.kill("n2", true);
        for (int id = 1; id <= blocks; id++) {
            grid.block(id, 2, "n1", "n2");
        }
        wiped.capacityBytes = 0; // nothing is copied
        grid.back(wiped);
        repairs.start(wiped);
        await().atMost(Duration.ofSeconds(60)).until(() -> grid.records.values().stream()
                .allMatch(block -> block.currentHolders().equals(List.of("n1"))));
        assertThat(repairs.node("n1").blocks.blocks()).isEqualTo(blocks);
    }

    @Test
    void asksANodeThatCameBackAgainWhereTheWalkWasBrokenOff() {
        repairs.start("n1", "n2", "n3");
        repairs.fill();
        await().until(repairs::isQuiet);
        FakeGrid.Node wiped = repairs.kill("n3", true);
        wiped.blocks.list().forEach(block -> wiped.blocks.delete(block.id(), block.epoch()));
        grid.lost = (from, message) -> {
            if (message instanceof RepairMessage.CheckMe) {
                grid.failing.addAll(Set.of("n1", "n2", "n3"));
            }
            return false;
        };
        grid.back(wiped);
        repairs.start(wiped);
        await().until(() -> repairs.total(RepairStatus::copiedBlocks) == 20);
        await().until(grid.failing::isEmpty);
    }

    @Test
    void makesAnewWhatANodeCameBackWithCutShort() {
        repairs.start("n1", "n2");
        BlockRecord block = grid.block(1, 2, "n1", "n2");
        BlockRecord alone = grid.block(2, 1, "n2");
        FakeGrid.Node back = repairs.kill("n2", true);
        // As after a power cut: each copy is whole by its sidecar, which is that of the last flush.
        for (BlockRecord whole : List.of(block, alone)) {
            back.blocks.put(new BlockRecord(
                    whole.id(),
                    whole.fileId(),
                    whole.offset(),
                    whole.lengthBytes() / 2,
                    whole.epoch(),
                    whole.crc32c() + 1,
                    whole.state(),
                    whole.replication(),
                    whole.placementKey(),
                    List.of()));
        }
        try (HeardLog heard = HeardLog.of(Sweeper.class)) {
            grid.back(back);
            repairs.start(back);

            await().until(() -> back.blocks.has(block) && grid.holders(1).equals(Set.of("n1", "n2")));
            assertThat(heard.lines())
                    .anySatisfy(line -> assertThat(line)
                            .startsWith("copy is not what the metadata says: block=" + block.id() + "/1")
                            .contains("length_bytes=500 of 1000", "file="))
                    .contains("copy is not where, or not as, it was recorded: block=" + block.id()
                            + ", node=n2, dropped=true");
            await().until(() -> heard.lines().stream().anyMatch(line -> line.contains("dropped=false")));
        }
        assertThat(grid.holders(2)).as("the last copy").containsExactly("n2");
        assertThat(back.blocks.find(alone.id())).isPresent();
    }

    @Test
    void takesBackWhatIsRemovedFromEveryHolder() {
        repairs.start("n1", "n2");
        grid.block(1, 2, "n1", "n2");
        grid.block(2, 2, "n1", "n2");
        grid.doomed.add(new BlockId(2));
        await().until(() -> grid.records.size() == 1);
        await().until(() -> grid.nodes.values().stream().allMatch(node -> node.blocks.blocks() == 1));
    }

    @Test
    void deletesNoCopyThatAnOrderHasFoundGoodMeanwhile() {
        BlockId block = new BlockId(1);
        AtomicBoolean ordered = new AtomicBoolean();
        grid.behindUnnamed = () -> {
            if (ordered.compareAndSet(false, true)) {
                String kept = grid.holders(1).iterator().next();
                String other = kept.equals("n1") ? "n2" : "n1";
                CountDownLatch done = new CountDownLatch(1);
                grid.lost = (from, message) -> {
                    if (from.equals(other) && message instanceof RepairMessage.Done) {
                        done.countDown();
                    }
                    return false;
                };
                grid.replicate(block, 2);
                BlockRecord record = Objects.requireNonNull(grid.records.get(block));
                byte[] order = new RepairMessage.Order(record, Urgency.LACKING).encode();
                repairs.node(kept).send(other, Repair.TOPIC, order);
                await().until(() -> done.getCount() == 0);
            }
        };
        repairs.start("n1", "n2");
        grid.block(1, 1, "n1", "n2");
        await().untilTrue(ordered);
        await().during(Duration.ofMillis(300)).untilAsserted(() -> repairs.checkCopies(1));
    }

    @Test
    void deletesOldOrphansAndOnlyThose() throws Exception {
        FakeGrid.Node node = grid.add("n1", "z");
        node.blocks.put(FakeGrid.record(1, 1, List.of()));
        node.blocks.put(FakeGrid.record(2, 1, List.of()));
        grid.block(3, 1, "n1");
        Instant longAgo = Instant.now().minus(Duration.ofHours(2));
        for (long id : List.of(1L, 3L)) {
            Path file = node.blocks.find(new BlockId(id)).orElseThrow().path();
            Files.setLastModifiedTime(file, FileTime.from(longAgo));
        }
        repairs.start(node);
        await().until(() -> node.blocks.blocks() == 2);
        await().during(Duration.ofMillis(300)).until(() -> node.blocks.blocks() == 2);
        assertThat(node.blocks.list()).extracting(block -> block.id().value()).containsExactlyInAnyOrder(2L, 3L);
    }

    @Test
    void keepsAndRecordsTheLastCopyThatNobodyNames() throws Exception {
        FakeGrid.Node node = grid.add("n1", "z");
        FakeGrid.Node other = grid.add("n2", "z");
        for (long id = 1; id <= 4; id++) {
            BlockRecord block = grid.block(id, 1, id <= 2 ? "n3" : "n2");
            node.blocks.put(block);
            Files.setLastModifiedTime(
                    node.blocks.find(block.id()).orElseThrow().path(),
                    FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        }
        grid.waitedFor.add("n3");
        grid.damaged.add("n1/2");
        other.blocks.delete(new BlockId(4), 1);

        repairs.start(other);
        repairs.start(node);

        await().until(() -> grid.holders(1).equals(Set.of("n1", "n3"))); // who has it is down
        await().until(() -> grid.holders(4).contains("n1")); // who has it has lost it
        await().until(() -> node.blocks.blocks() == 3);
        await().during(Duration.ofMillis(300)).until(() -> node.blocks.blocks() == 3);
        assertThat(grid.holders(2)).as("bad, and still all there is").containsExactly("n3");
        assertThat(node.blocks.find(new BlockId(2))).isPresent();
        assertThat(node.blocks.find(new BlockId(3))).as("another has it").isEmpty();
    }

    @Test
    void keepsOrphansWhileTheGridIsInSafeMode() throws Exception {
        FakeGrid.Node node = grid.add("n1", "z");
        node.blocks.put(FakeGrid.record(1, 1, List.of()));
        Sweeper sweeper = sweeper(node, Duration.ZERO);
        grid.safeMode = true;
        assertThat(sweeper.sweepOrphans()).isZero();
        assertThat(node.blocks.blocks()).isEqualTo(1);
        grid.safeMode = false;
        assertThat(sweeper.sweepOrphans()).isEqualTo(1);
        assertThat(node.blocks.blocks()).isZero();
    }

    @Test
    void deletesWhatIsLeftOfAnOrphanWhoseFileIsGone() throws Exception {
        FakeGrid.Node node = grid.add("n1", "z");
        node.blocks.put(grid.block(1, 1, "n1"));
        for (long id = 2; id <= 3; id++) {
            node.blocks.put(FakeGrid.record(id, 1, List.of()));
        }
        Files.delete(node.blocks.find(new BlockId(1)).orElseThrow().path());
        Files.delete(node.blocks.find(new BlockId(2)).orElseThrow().path());
        assertThat(sweeper(node, Duration.ofHours(2)).sweepOrphans()).isEqualTo(1);
        assertThat(node.blocks.list()).extracting(block -> block.id().value()).containsExactlyInAnyOrder(1L, 3L);
    }

    /** An hour after now, confined to the caller. */
    private static Sweeper sweeper(FakeGrid.Node node, Duration orphanGrace) {
        Copies copies = new Copies();
        Witnesses witnesses = new Witnesses(node.seams().nodes(), node.seams().peers());
        CopyPace pace = new CopyPace(Optional.empty(), PaceTime.SYSTEM);
        CopyDesk.Near near = new CopyDesk.Near(new NearDesk(node.seams(), copies), pace);
        CopyDesk desk =
                new CopyDesk(node.seams(), copies, witnesses, pace, pace, near, new CopyMeter(System::nanoTime));
        Clock later = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
        return new Sweeper(node.seams(), copies, witnesses, desk, orphanGrace, later);
    }

    @Test
    void copiesNothingButWhatWasWrittenWhileANodeIsWaitedFor() {
        repairs.start("n1", "n2", "n3");
        repairs.fill();
        await().until(repairs::isQuiet);
        FakeGrid.Node lost = repairs.kill("n3", true);
        grid.block(100, 2, "n1");
        await().until(() -> grid.holders(100).equals(Set.of("n1", "n2")));
        grid.back(lost);
        repairs.start(lost);
        await().until(repairs::isQuiet);
        assertThat(repairs.total(RepairStatus::copiedBlocks)).isEqualTo(1);
        assertThat(repairs.total(RepairStatus::copiedBytes)).isEqualTo(FakeGrid.BLOCK_BYTES);
    }

    @Test
    void followsTheNumberOfCopiesUpAndDown() {
        repairs.start("n1", "n2", "n3");
        BlockRecord block = grid.block(1, 2, "n1", "n2");
        grid.replicate(block.id(), 3);
        await().until(() -> grid.holders(1).size() == 3);
        grid.replicate(block.id(), 1);
        await().until(() -> grid.holders(1).size() == 1);
        String last = grid.holders(1).iterator().next();
        await().until(() -> grid.nodes.values().stream()
                .allMatch(node -> node.blocks.blocks() == (node.name.equals(last) ? 1 : 0)));
    }
}
