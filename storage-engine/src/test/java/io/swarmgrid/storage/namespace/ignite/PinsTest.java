package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.NearRoom;
import io.swarmgrid.client.wire.PolicyAttributes;
import io.swarmgrid.config.Durability;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.membership.Keepable;
import io.swarmgrid.storage.namespace.BlockCensus.Copy;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Keeping;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.Pins;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which near copies are asked for: of files, of what is made in a directory, and whether the tiers can hold them. */
@ExtendWith(OneNode.class)
final class PinsTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada");
    private static final Keeping TWO = new Keeping(2, Medium.MEM);

    @AfterEach
    void nothingIsKept(Grid grid) {
        grid.nodes().keepable(List.of());
        grid.nodes().live(List.of("n1"));
    }

    private static Pins pins(Grid grid, long leftBytes) {
        grid.nodes().live(List.of("n1", "n2"));
        grid.nodes().keepable(List.of(new Keepable(Medium.MEM, 1000, leftBytes), new Keepable(Medium.SSD, 5000, 5000)));
        return new Pins(grid.files(), grid.nodes());
    }

    private static List<Keeping> keepings(Grid grid, GridPath path) {
        return grid.metadata().layout(path).blocks().stream()
                .map(BlockRecord::keeping)
                .distinct()
                .toList();
    }

    @Test
    void asksForThemOfAllBlocksOfAFile(Grid grid) {
        GridPath path = grid.path("many");
        long[] lengths = new long[1100];
        Arrays.fill(lengths, 5);
        FileStatus file = grid.putBlocks(path, OPTIONS, lengths);
        grid.files().setReplication(path, 3);
        for (Keeping keeping : List.of(TWO, TWO, new Keeping(1, Medium.SSD), Keeping.NONE)) {
            FileStatus status = grid.files().keep(path, keeping);
            assertThat(status.attribute(PolicyAttributes.PIN))
                    .isEqualTo(keeping.equals(Keeping.NONE) ? null : keeping.toString());
            assertThat(status.version()).isEqualTo(file.version());
            assertThat(keepings(grid, path)).containsExactly(keeping);
            assertThat(grid.metadata().layout(path).blocks())
                    .hasSize(1100)
                    .allSatisfy(block -> assertThat(block.replication()).isEqualTo(3));
        }
        assertThat(grid.files().stat(path).attributes()).isNull();
    }

    @Test
    void whatIsMadeInADirectoryHasThem(Grid grid) {
        GridPath directory = grid.path("d");
        grid.makeDirectory(directory);
        grid.putBlocks(grid.path("d/before"), OPTIONS, 10);
        grid.files().setAttribute(directory, PolicyAttributes.REPLICAS, "1");
        grid.files().keep(directory, TWO);

        grid.makeDirectory(grid.path("d/deeper"));
        grid.putBlocks(grid.path("d/deeper/file"), OPTIONS.attributes(Map.of("a", "b")), 10, 20);
        grid.putInline(grid.path("d/small"), "x");
        assertThat(keepings(grid, grid.path("d/deeper/file"))).containsExactly(TWO);
        assertThat(grid.files().stat(grid.path("d/deeper/file")).attributes())
                .isEqualTo(Map.of("a", "b", PolicyAttributes.PIN, "mem:2"));
        assertThat(grid.files().stat(grid.path("d/small")).attribute(PolicyAttributes.PIN))
                .isEqualTo("mem:2");
        assertThat(keepings(grid, grid.path("d/before"))).containsExactly(Keeping.NONE);
        PutOptions decided = OPTIONS.replicas(1).durability(Durability.PROCESS);
        OpenFile visible = grid.metadata().create(grid.path("d/visible"), decided);
        grid.metadata().close(visible, grid.sealBlocks(visible, 5), 5);
        assertThat(keepings(grid, grid.path("d/visible")))
                .as("its writer says all else")
                .containsExactly(TWO);

        // A file takes its own along, and what is put in its place has the directory's.
        grid.files().rename(grid.path("d/deeper/file"), grid.path("moved"), false, null);
        assertThat(keepings(grid, grid.path("moved"))).containsExactly(TWO);
        grid.putBlocks(grid.path("moved"), OPTIONS.overwriting(), 30);
        assertThat(keepings(grid, grid.path("moved"))).containsExactly(Keeping.NONE);

        grid.files().keep(directory, Keeping.NONE);
        grid.putBlocks(grid.path("d/later"), OPTIONS, 10);
        assertThat(keepings(grid, grid.path("d/later"))).containsExactly(Keeping.NONE);
        assertThat(grid.files().stat(directory).attributes()).isEqualTo(Map.of(PolicyAttributes.REPLICAS, "1"));
    }

    @Test
    void blocksThatAFileGetsLaterHaveThem(Grid grid) {
        GridPath path = grid.path("growing");
        OpenFile file = grid.metadata().create(path, OPTIONS);
        List<BlockId> first = grid.sealBlocks(file, 5);
        grid.files().keep(path, TWO);
        BlockRecord next = grid.metadata().allocate(file, 5, Set.of());
        assertThat(next.keeping()).isEqualTo(TWO);
        grid.metadata().seal(file, new SealedBlock(next.id(), next.epoch(), 6, 42), List.of("n1"));
        grid.metadata().close(file, List.of(first.get(0), next.id()), 11);
        assertThat(keepings(grid, path)).containsExactly(TWO);
    }

    @Test
    void attributesDoNotSetThem(Grid grid) {
        grid.makeDirectory(grid.path("d"));
        grid.putInline(grid.path("f"), "x");
        Expect.error(
                ErrorCode.INVALID_ARGUMENT,
                "attribute swarm.pin is set by cache.pin and cache.unpin",
                () -> grid.files().setAttribute(grid.path("d"), PolicyAttributes.PIN, "mem:1"));
        Expect.error(ErrorCode.INVALID_ARGUMENT, "attribute swarm.pin is for directories", () -> grid.files()
                .setAttribute(grid.path("f"), PolicyAttributes.PIN, "mem:1"));
        Expect.error(ErrorCode.INVALID_ARGUMENT, "attribute swarm.pin is for directories", () -> grid.metadata()
                .begin(grid.path("g"), OPTIONS.attributes(Map.of(PolicyAttributes.PIN, "mem:1"))));
    }

    @Test
    void refusesWhatTheTiersCannotHold(Grid grid) {
        grid.makeDirectory(grid.path("d"));
        grid.putBlocks(grid.path("d/f"), OPTIONS, 100, 200);
        grid.putBlocks(grid.path("d/g"), OPTIONS, 300);
        GridPath directory = grid.path("d");

        Expect.error(
                ErrorCode.PRECONDITION_FAILED,
                "pin of 600 B, mem tiers can keep 500 B: n1 250 B, n2 250 B: " + directory,
                () -> pins(grid, 250).pin(directory, Medium.MEM, 1, null));
        Expect.error(ErrorCode.PRECONDITION_FAILED, "pin of 1.2 KiB, mem tiers can keep 1.2 KiB", () -> pins(grid, 599)
                .pin(directory, null, 2, null));
        Expect.error(
                ErrorCode.PRECONDITION_FAILED,
                "3 near copies of each block on mem need as many nodes, and there are 2 that keep any there",
                () -> pins(grid, 1000).pin(directory, Medium.MEM, 3, null));
        Expect.error(
                ErrorCode.PRECONDITION_FAILED,
                "1 near copies of each block on hdd need as many nodes, and there are 0",
                () -> pins(grid, 1000).pin(directory, Medium.HDD, 1, null));
        Expect.error(ErrorCode.INVALID_ARGUMENT, "bad copies: 17, expected 1 to 16", () -> pins(grid, 1000)
                .pin(directory, Medium.MEM, 17, null));
        Expect.error(ErrorCode.NOT_FOUND, grid.path("none").toString(), () -> pins(grid, 1000)
                .pin(grid.path("none"), Medium.MEM, 1, null));
        assertThat(grid.files().stat(directory).attributes()).isNull();

        assertThat(pins(grid, 600).pin(directory, null, 2, null))
                .satisfies(pinned -> assertThat(pinned.tier()).isEqualTo("mem"))
                .satisfies(pinned -> assertThat(pinned.sizeBytes()).isEqualTo(600));
        // What was looked at with the directory is not looked at again, and what has its pin neither.
        pins(grid, 0).pin(grid.path("d/f"), Medium.MEM, 2, directory);
        pins(grid, 0).pin(directory, Medium.MEM, 2, null);
        Expect.error(ErrorCode.PRECONDITION_FAILED, "pin of 300 B, mem tiers can keep 0 B", () -> pins(grid, 0)
                .pin(grid.path("d/g"), Medium.MEM, 1, directory));
        assertThat(keepings(grid, grid.path("d/f"))).containsExactly(TWO);
        pins(grid, 0).unpin(grid.path("d/f"));
        assertThat(keepings(grid, grid.path("d/f"))).containsExactly(Keeping.NONE);
        assertThat(pins(grid, 7).room().rooms())
                .contains(new NearRoom.Room("n2", "mem", 1000, 7), new NearRoom.Room("n1", "ssd", 5000, 5000));
    }

    @Test
    void mountsAreNotPinned(Grid grid) {
        grid.namespace().mounts().attach(grid.path("m"), "file:///data", "ada", null);
        Expect.error(ErrorCode.UNSUPPORTED, "have no blocks that could be pinned", () -> pins(grid, 1000)
                .pin(grid.path("m"), null, 1, null));
    }

    @Test
    void joinedBlocksAreKeptAsTheirNewFileIs(Grid grid) {
        grid.putBlocks(grid.path("a"), OPTIONS, 10);
        grid.putBlocks(grid.path("b"), OPTIONS, 20);
        grid.files().keep(grid.path("b"), TWO);
        Joins.join(grid, "a", "b");
        assertThat(grid.metadata().layout(grid.path("a")).blocks()).hasSize(2);
        assertThat(keepings(grid, grid.path("a"))).containsExactly(Keeping.NONE);
    }

    @Test
    void saysWhichOfANodeAreNotRecorded(Grid grid) {
        FileStatus file = grid.putBlocks(grid.path("f"), OPTIONS, 10);
        BlockId id = grid.metadata().layout(file.id()).blocks().get(0).id();
        Copy here = new Copy(file.id(), id, 1);
        assertThat(grid.census().unnamedNear("n1", List.of(here)))
                .as("its durable copy is another")
                .containsExactly(here);
        grid.census().addHolder(file.id(), id, Replica.near("n1", 1, Medium.MEM));
        Copy old = new Copy(file.id(), id, 0);
        Copy unknown = new Copy(file.id(), new BlockId(1L << 60), 1);
        assertThat(grid.census().unnamedNear("n1", List.of(here, old, unknown))).containsExactly(old, unknown);
    }
}
