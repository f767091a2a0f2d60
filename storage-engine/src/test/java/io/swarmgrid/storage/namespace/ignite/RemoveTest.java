package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.Files.Parents;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Files and directories that are removed. */
@ExtendWith(OneNode.class)
final class RemoveTest {
    @Test
    void removesAFileAndSaysWhetherThereWasOne(Grid grid) {
        grid.putInline(grid.path("f"), "x");

        assertThat(grid.files().remove(grid.path("f"), false, null)).isTrue();
        assertThat(grid.files().remove(grid.path("f"), false, null)).isFalse();
        assertThat(grid.files().remove(grid.path("no/where"), true, null)).isFalse();
        assertThat(grid.files().find(grid.path("f"))).isEmpty();
    }

    @Test
    void removesADirectoryOnlyIfItIsEmptyOrAsked(Grid grid) {
        grid.putInline(grid.path("d/e/f"), "x");

        Expect.error(ErrorCode.DIRECTORY_NOT_EMPTY, "directory not empty: " + grid.path("d"), () -> grid.files()
                .remove(grid.path("d"), false, null));
        grid.putInline(grid.path("d/still-alive"), "x");
        assertThat(grid.files().remove(grid.path("d"), true, null)).isTrue();
        assertThat(grid.files().find(grid.path("d/e/f"))).isEmpty();
        grid.makeDirectory(grid.path("d"));
        assertThat(grid.files().remove(grid.path("d"), false, null)).isTrue();
        Expect.error(ErrorCode.INVALID_ARGUMENT, "cannot remove /.swarm/staging: the grid needs it", () -> grid.files()
                .remove(Files.STAGING, true, null));
    }

    @Test
    void removesOnceForAnOperation(Grid grid) {
        OperationId operation = new OperationId("remove" + grid.home());
        grid.putInline(grid.path("f"), "x");

        assertThat(grid.files().remove(grid.path("f"), false, operation)).isTrue();
        grid.putInline(grid.path("f"), "another");
        assertThat(grid.files().remove(grid.path("f"), false, operation)).isTrue();

        assertThat(grid.files().find(grid.path("f"))).isPresent();
        Expect.error(
                ErrorCode.INVALID_ARGUMENT, "this operation id was used for a removal before", () -> grid.metadata()
                        .putInline(grid.path("g"), PutOptions.create("ada").operation(operation), new byte[1]));
    }

    @Test
    void removesOnceForAnOperationAlsoADirectoryAndWhatTookItsPlace(Grid grid) {
        grid.putInline(grid.path("f"), "x");
        grid.files().makeDirectory(grid.path("d"), "ada", Parents.REQUIRE);
        for (String name : List.of("f", "d")) {
            OperationId operation = new OperationId("remove" + name + grid.home());
            assertThat(grid.files().remove(grid.path(name), false, operation)).isTrue();
            assertThat(grid.files().remove(grid.path(name), false, operation)).isTrue();
            assertThat(grid.files().remove(grid.path(name), false, null)).isFalse();
            grid.files().makeDirectory(grid.path(name), "ada", Parents.REQUIRE);
            grid.putInline(grid.path(name + "/another"), "y");
            assertThat(grid.files().remove(grid.path(name), false, operation)).isTrue();
            assertThat(grid.files().find(grid.path(name + "/another"))).isPresent();
        }
    }
}
