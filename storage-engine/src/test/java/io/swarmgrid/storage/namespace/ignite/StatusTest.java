package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.StatusChange;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What can be set of files and directories that are there: their status, attributes, and number of copies. */
@ExtendWith(OneNode.class)
final class StatusTest {
    @Test
    void keepsWhatIsSetOfAStatusThroughARenameAndForWhatReplacesIt(Grid grid) {
        GridPath path = grid.path("f");
        FileStatus put = grid.putInline(path, "x");
        assertThat(put.group()).isNull();
        assertThat(put.permission()).isNull();

        FileStatus set = grid.files().setStatus(path, new StatusChange("eve", "vision", 0, 1_000L));

        assertThat(set.owner()).isEqualTo("eve");
        assertThat(set.group()).isEqualTo("vision");
        assertThat(set.permission()).isZero();
        assertThat(set.modifiedMs()).isEqualTo(1_000);
        assertThat(set.version()).isEqualTo(put.version());
        grid.files().setStatus(path, new StatusChange(null, null, 0640, null));
        FileStatus moved = grid.files().rename(path, grid.path("g"), false, null);
        assertThat(moved.group()).isEqualTo("vision");
        assertThat(moved.permission()).isEqualTo(0640);
        FileStatus replaced = grid.metadata()
                .putInline(grid.path("g"), PutOptions.create("ada").overwriting(), new byte[1]);
        assertThat(replaced.owner()).isEqualTo("ada");
        assertThat(replaced.permission()).isEqualTo(0640);
        grid.makeDirectory(grid.path("d"));
        assertThat(grid.files()
                        .setStatus(grid.path("d"), new StatusChange(null, null, 01777, null))
                        .permission())
                .isEqualTo(01777);
        assertThat(grid.files().list(grid.path("d"), null, 10).entries()).isEmpty();
        Expect.error(ErrorCode.NOT_FOUND, "not found: " + grid.path("nothing"), () -> grid.files()
                .setStatus(grid.path("nothing"), new StatusChange("eve", null, null, null)));
        Expect.error(
                ErrorCode.INVALID_ARGUMENT,
                "bad permission: 4096, expected 0 to 4095",
                () -> new StatusChange(null, null, 010000, null));
    }

    @Test
    void keepsAttributesThroughARename(Grid grid) {
        grid.metadata()
                .putInline(grid.path("f"), PutOptions.create("ada").attributes(Map.of("rows", "7")), new byte[1]);

        grid.files().setAttribute(grid.path("f"), "color", "blue");
        FileStatus status = grid.files().rename(grid.path("f"), grid.path("g"), false, null);

        assertThat(status.attributes()).isEqualTo(Map.of("rows", "7", "color", "blue"));
        assertThat(grid.files().setAttribute(grid.path("g"), "rows", null).attributes())
                .isEqualTo(Map.of("color", "blue"));
        assertThat(grid.files().setAttribute(grid.path("g"), "color", null).attributes())
                .isNull();
        Expect.error(ErrorCode.INVALID_ARGUMENT, "at most 16384 are allowed", () -> grid.files()
                .setAttribute(grid.path("g"), "large", "x".repeat(16 << 10)));
        Expect.error(ErrorCode.NOT_FOUND, "not found: " + grid.path("nothing"), () -> grid.files()
                .setAttribute(grid.path("nothing"), "a", "b"));
    }

    @Test
    void setsHowManyCopiesThereShouldBe(Grid grid) {
        GridPath path = grid.path("many");
        long[] lengths = new long[1100];
        Arrays.fill(lengths, 5);
        FileStatus file = grid.putBlocks(path, PutOptions.create("ada"), lengths);

        for (int replicas : List.of(3, 3, 1)) {
            FileStatus status = grid.files().setReplication(path, replicas);

            assertThat(status.replicas()).isEqualTo(replicas);
            assertThat(status.version()).isEqualTo(file.version());
            assertThat(grid.files().stat(path)).isEqualTo(status);
            assertThat(grid.metadata().layout(path).blocks())
                    .hasSize(1100)
                    .allSatisfy(block -> assertThat(block.replication()).isEqualTo(replicas));
        }
        grid.putInline(grid.path("small"), "text");
        assertThat(grid.files().setReplication(grid.path("small"), 16).replicas())
                .isEqualTo(16);
    }

    @Test
    void setsItAlsoForWhatIsWrittenAfterwards(Grid grid) {
        GridPath path = grid.path("growing");
        OpenFile file = grid.metadata().create(path, PutOptions.create("ada").replicas(2));
        List<BlockId> first = grid.sealBlocks(file, 5);

        grid.files().setReplication(path, 3);

        BlockRecord next = grid.metadata().allocate(file, 5, Set.of());
        assertThat(next.replication()).isEqualTo(3);
        grid.metadata().seal(file, new SealedBlock(next.id(), next.epoch(), 6, 42), List.of("n1"));
        FileStatus closed = grid.metadata().close(file, List.of(first.get(0), next.id()), 11);
        assertThat(closed.replicas()).isEqualTo(3);
        assertThat(grid.metadata().layout(path).blocks()).hasSize(2).allSatisfy(block -> assertThat(block.replication())
                .isEqualTo(3));
    }

    @Test
    void refusesNumbersOfCopiesThatMakeNoSense(Grid grid) {
        GridPath path = grid.path("f");
        grid.putInline(path, "text");
        for (int replicas : List.of(-1, 0, 17, 100)) {
            Expect.error(
                    ErrorCode.INVALID_ARGUMENT,
                    "bad replicas: " + replicas + ", expected 1 to 16: " + path,
                    () -> grid.files().setReplication(path, replicas));
        }
        Expect.error(ErrorCode.IS_A_DIRECTORY, grid.home().toString(), () -> grid.files()
                .setReplication(grid.home(), 2));
        Expect.error(ErrorCode.IS_A_DIRECTORY, "/", () -> grid.files().setReplication(GridPath.ROOT, 2));
        Expect.error(ErrorCode.NOT_FOUND, grid.path("none").toString(), () -> grid.files()
                .setReplication(grid.path("none"), 2));
    }
}
