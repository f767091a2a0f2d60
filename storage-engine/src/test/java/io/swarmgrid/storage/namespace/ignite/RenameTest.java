package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Files and directories that get other names. */
@ExtendWith(OneNode.class)
final class RenameTest {
    @Test
    void renamesAFileWithinAndAcrossDirectories(Grid grid) {
        FileStatus file = grid.putInline(grid.path("a/f"), "hello");
        grid.makeDirectory(grid.path("b"));

        FileStatus within = grid.files().rename(grid.path("a/f"), grid.path("a/g"), false, null);
        FileStatus across = grid.files().rename(grid.path("a/g"), grid.path("b/h"), false, null);

        assertThat(within.id()).isEqualTo(file.id());
        assertThat(across.id()).isEqualTo(file.id());
        assertThat(across.path()).isEqualTo(grid.path("b/h").toString());
        assertThat(grid.files().find(grid.path("a/f"))).isEmpty();
        assertThat(grid.files().list(grid.path("a"), null, 10).entries()).isEmpty();
        assertThat(grid.files().list(grid.path("b"), null, 10).entries()).containsExactly(across);
        assertThat(grid.metadata().layout(grid.path("b/h")).inline())
                .isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
        assertThat(grid.metadata().layout(file.id()).status().path())
                .isEqualTo(grid.path("b/h").toString());
    }

    @Test
    void renamesADirectoryWithAllBelow(Grid grid) {
        grid.putInline(grid.path("a/b/c/f"), "x");

        grid.files().rename(grid.path("a/b"), grid.path("z"), false, null);

        assertThat(grid.files().find(grid.path("z/c/f"))).isPresent();
        assertThat(grid.files().find(grid.path("a/b"))).isEmpty();
        assertThat(grid.files()
                        .rename(grid.path("z"), grid.path("z"), false, null)
                        .path())
                .isEqualTo(grid.path("z").toString());
    }

    @Test
    void refusesRenamesThatMakeNoSense(Grid grid) {
        grid.putInline(grid.path("a/f"), "x");
        grid.putInline(grid.path("a/g"), "y");

        Expect.error(ErrorCode.INVALID_ARGUMENT, "cannot rename a directory into itself", () -> grid.files()
                .rename(grid.path("a"), grid.path("a/b"), false, null));
        Expect.error(ErrorCode.ALREADY_EXISTS, "already exists: " + grid.path("a/g"), () -> grid.files()
                .rename(grid.path("a/f"), grid.path("a/g"), false, null));
        Expect.error(ErrorCode.ALREADY_EXISTS, "already exists: " + grid.path("a"), () -> grid.files()
                .rename(grid.path("a/f"), grid.path("a"), true, null));
        Expect.error(ErrorCode.NOT_FOUND, "not found: " + grid.path("nothing"), () -> grid.files()
                .rename(grid.path("nothing"), grid.path("b"), false, null));
        Expect.error(ErrorCode.NOT_FOUND, "not found: " + grid.path("no/where"), () -> grid.files()
                .rename(grid.path("a/f"), grid.path("no/where"), false, null));
        Expect.error(ErrorCode.INVALID_ARGUMENT, "cannot rename /: the grid needs it", () -> grid.files()
                .rename(GridPath.ROOT, grid.path("b"), false, null));
        Expect.error(ErrorCode.INVALID_ARGUMENT, "cannot rename into /.swarm/staging", () -> grid.files()
                .rename(grid.path("a"), Files.STAGING.child("a"), false, null));
    }

    @Test
    void replacesAFileByARenameAndCountsItsVersionOn(Grid grid) {
        grid.putInline(grid.path("old"), "1");
        grid.metadata().putInline(grid.path("old"), PutOptions.create("ada").overwriting(), new byte[2]);
        FileStatus fresh = grid.putInline(grid.path("new"), "3");

        FileStatus replaced = grid.files().rename(grid.path("new"), grid.path("old"), true, null);

        assertThat(replaced.id()).isEqualTo(fresh.id());
        assertThat(replaced.version()).isEqualTo(3);
        assertThat(grid.files().stat(grid.path("old"))).isEqualTo(replaced);
    }

    @Test
    void renamesOnceForAnOperation(Grid grid) {
        grid.putInline(grid.path("a"), "x");
        OperationId operation = new OperationId("rename" + grid.home());

        FileStatus first = grid.files().rename(grid.path("a"), grid.path("b"), false, operation);
        assertThat(grid.files().rename(grid.path("a"), grid.path("b"), false, operation))
                .isEqualTo(first);
        grid.putInline(grid.path("a"), "another");
        FileStatus again = grid.files().rename(grid.path("a"), grid.path("b"), false, operation);

        assertThat(again).isEqualTo(first);
        assertThat(grid.files().outcome(operation)).contains(first);
        assertThat(grid.files().find(grid.path("a"))).isPresent();
        assertThat(grid.files().outcome(new OperationId("unknown" + grid.home())))
                .isEmpty();
    }
}
