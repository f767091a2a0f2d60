package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.Publication;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(OneNode.class)
final class PublicationTest {
    private static GridPath stage(Grid grid, String session, String... names) {
        GridPath staged = Files.STAGING.child(grid.home().name() + "-" + session);
        grid.makeDirectory(staged);
        for (String name : names) {
            grid.putInline(staged.child(name), session);
        }
        return staged;
    }

    private static FileStatus publish(
            Grid grid, GridPath staged, String target, PutMode mode, long version, @Nullable OperationId operation) {
        return grid.files()
                .publish(new Publication(
                        staged,
                        grid.path(target),
                        mode,
                        EntryKind.DATASET,
                        Map.of("by", staged.name()),
                        version,
                        operation));
    }

    private static List<String> names(Grid grid, String directory) {
        return grid.files().list(grid.path(directory), null, 100).entries().stream()
                .map(entry -> GridPath.parse(entry.path()).name())
                .toList();
    }

    @Test
    void createsADatasetInOneStep(Grid grid) {
        GridPath staged = stage(grid, "s", "part-0", "part-1");

        FileStatus dataset = publish(grid, staged, "lake/flights", PutMode.CREATE, 0, null);

        assertThat(dataset.kind()).isEqualTo(EntryKind.DATASET);
        assertThat(dataset.version()).isEqualTo(1);
        assertThat(dataset.attribute("by")).isEqualTo(staged.name());
        assertThat(grid.files().stat(grid.path("lake/flights"))).isEqualTo(dataset);
        assertThat(names(grid, "lake/flights")).containsExactly("part-0", "part-1");
        assertThat(grid.files().list(grid.path("lake"), null, 10).entries()).containsExactly(dataset);
        assertThat(grid.files().find(staged)).isEmpty();
    }

    @Test
    void createsOnlyWhereNothingIs(Grid grid) {
        publish(grid, stage(grid, "a", "x"), "d", PutMode.CREATE, 0, null);
        GridPath staged = stage(grid, "b", "y");

        Expect.error(
                ErrorCode.ALREADY_EXISTS,
                "already exists: " + grid.path("d"),
                () -> publish(grid, staged, "d", PutMode.CREATE, 0, null));
        assertThat(names(grid, "d")).containsExactly("x");
        assertThat(grid.files().find(staged.child("y"))).as("still staged").isPresent();
    }

    @Test
    void overwritesWhatIsThereAndCountsItsVersionOn(Grid grid) {
        publish(grid, stage(grid, "a", "x"), "d", PutMode.OVERWRITE, 0, null);

        FileStatus second = publish(grid, stage(grid, "b", "y"), "d", PutMode.OVERWRITE, 0, null);

        assertThat(second.version()).isEqualTo(2);
        assertThat(names(grid, "d")).containsExactly("y");
        grid.putInline(grid.path("f"), "a file");
        GridPath staged = stage(grid, "c", "z");
        Expect.error(
                ErrorCode.NOT_A_DIRECTORY,
                "not a directory: " + grid.path("f"),
                () -> publish(grid, staged, "f", PutMode.OVERWRITE, 0, null));
    }

    @Test
    void appendsToTheVersionThatItSaw(Grid grid) {
        FileStatus first = publish(grid, stage(grid, "a", "x"), "d", PutMode.CREATE, 0, null);
        GridPath staged = stage(grid, "b", "y", "z");

        FileStatus second = publish(grid, staged, "d", PutMode.APPEND, first.version(), null);

        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.version()).isEqualTo(2);
        assertThat(second.attribute("by")).isEqualTo(staged.name());
        assertThat(names(grid, "d")).containsExactly("x", "y", "z");
        assertThat(grid.metadata()
                        .layout(grid.files().stat(grid.path("d/z")).id())
                        .status()
                        .path())
                .isEqualTo(grid.path("d/z").toString());
        assertThat(grid.files().find(staged)).isEmpty();
        GridPath late = stage(grid, "c", "w");
        Expect.error(
                ErrorCode.CONFLICT,
                "has version 2, expected 1",
                () -> publish(grid, late, "d", PutMode.APPEND, 1, null));
        assertThat(names(grid, "d")).hasSize(3);
        assertThat(publish(grid, late, "d", PutMode.APPEND, 2, null).version()).isEqualTo(3);
    }

    @Test
    void appendsAllOrNothing(Grid grid) {
        publish(grid, stage(grid, "a", "x", "m"), "d", PutMode.CREATE, 0, null);
        GridPath staged = stage(grid, "b", "a", "m", "z");

        Expect.error(
                ErrorCode.ALREADY_EXISTS,
                "already exists: " + grid.path("d/m"),
                () -> publish(grid, staged, "d", PutMode.APPEND, 1, null));
        assertThat(names(grid, "d")).containsExactly("m", "x");
        assertThat(grid.files().list(staged, null, 10).entries()).hasSize(3);
        grid.putInline(staged.child("more"), "still open for work");
        grid.makeDirectory(grid.path("plain"));
        Expect.error(
                ErrorCode.INVALID_ARGUMENT,
                "is a directory, not a dataset",
                () -> publish(grid, staged, "plain", PutMode.APPEND, 1, null));
        Expect.error(
                ErrorCode.NOT_FOUND,
                "not found: " + grid.path("nothing"),
                () -> publish(grid, staged, "nothing", PutMode.APPEND, 1, null));
    }

    @Test
    void publishesOnceForAnOperation(Grid grid) {
        OperationId create = new OperationId("create" + grid.home());
        OperationId append = new OperationId("append" + grid.home());
        GridPath first = stage(grid, "a", "x");
        GridPath second = stage(grid, "b", "y");

        FileStatus created = publish(grid, first, "d", PutMode.CREATE, 0, create);
        FileStatus appended = publish(grid, second, "d", PutMode.APPEND, 1, append);

        assertThat(publish(grid, first, "d", PutMode.CREATE, 0, create)).isEqualTo(created);
        assertThat(publish(grid, second, "d", PutMode.APPEND, 1, append)).isEqualTo(appended);
        assertThat(grid.files().outcome(append)).contains(appended);
        assertThat(names(grid, "d")).containsExactly("x", "y");
    }

    @Test
    void leavesStragglersBehind(Grid grid) {
        GridPath staged = stage(grid, "s", "x");
        OpenFile straggler = grid.metadata().begin(staged.child("late"), PutOptions.create("ada"));

        publish(grid, staged, "d", PutMode.CREATE, 0, null);

        Expect.error(ErrorCode.NOT_FOUND, "not found: " + staged, () -> grid.metadata()
                .commit(straggler, List.of()));
        assertThat(names(grid, "d")).containsExactly("x");
        grid.metadata().abandon(straggler);
    }

    @Test
    void publishesOnlyWhatIsStagedAndOnlyOutside(Grid grid) {
        GridPath staged = stage(grid, "s", "x");
        Publication from =
                new Publication(grid.home(), grid.path("d"), PutMode.CREATE, EntryKind.DIRECTORY, Map.of(), 0, null);
        Publication into = new Publication(
                staged, Files.STAGING.child("x"), PutMode.CREATE, EntryKind.DIRECTORY, Map.of(), 0, null);

        Expect.error(
                ErrorCode.INVALID_ARGUMENT,
                "cannot publish what is not staged below /.swarm/staging",
                () -> grid.files().publish(from));
        Expect.error(ErrorCode.INVALID_ARGUMENT, "cannot publish to /.swarm/staging/x", () -> grid.files()
                .publish(into));
        Expect.error(
                ErrorCode.NOT_FOUND,
                "not found: /.swarm/staging/nothing",
                () -> publish(grid, Files.STAGING.child("nothing"), "d", PutMode.CREATE, 0, null));
    }
}
