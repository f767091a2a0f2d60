package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PolicyAttributes;
import io.swarmgrid.config.Durability;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.StoragePolicy;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(OneNode.class)
final class PoliciesTest {
    private static final PutOptions OPTIONS = PutOptions.create("ada");
    private static final Map<String, String> FAST =
            Map.of(PolicyAttributes.DURABILITY, "process", PolicyAttributes.REPLICAS, "1");

    @Test
    void whatIsMadeInADirectoryIsKeptAsThatSays(Grid grid) {
        GridPath fast = directory(grid, "fast");

        OpenFile hidden = begun(grid, grid.path("fast/hidden"), OPTIONS);
        OpenFile visible = left(grid, grid.metadata().create(grid.path("fast/visible"), OPTIONS));
        FileStatus small = grid.putInline(grid.path("fast/small"), "x");

        assertThat(hidden.durability()).isEqualTo(Durability.PROCESS);
        assertThat(hidden.replicas()).isEqualTo(1);
        assertThat(visible.durability()).isEqualTo(Durability.PROCESS);
        assertThat(visible.replicas()).isEqualTo(1);
        assertThat(small.replicas()).isEqualTo(1);
        assertThat(grid.files().policy(fast)).isEqualTo(new StoragePolicy(Durability.PROCESS, 1));
        assertThat(grid.files().policy(GridPath.parse(fast + "/not/there")))
                .isEqualTo(new StoragePolicy(Durability.PROCESS, 1));
    }

    @Test
    void whatTheWriterAsksForComesFirst(Grid grid) {
        directory(grid, "fast");

        OpenFile file = begun(grid, grid.path("fast/safe"), OPTIONS.replicas(3).durability(Durability.POWER));
        OpenFile half = begun(grid, grid.path("fast/half"), OPTIONS.replicas(3));

        assertThat(file.durability()).isEqualTo(Durability.POWER);
        assertThat(file.replicas()).isEqualTo(3);
        assertThat(half.durability()).isEqualTo(Durability.PROCESS);
        assertThat(half.replicas()).isEqualTo(3);
    }

    @Test
    void directoriesMadeInItTakeItOverAndKeepIt(Grid grid) {
        GridPath fast = directory(grid, "fast");
        grid.files().setAttribute(fast, "team", "vision");
        FileStatus made = grid.makeDirectory(grid.path("fast/a/b"));
        OpenFile deeper = begun(grid, grid.path("fast/x/y/file"), OPTIONS);

        assertThat(made.attributes()).isEqualTo(FAST);
        assertThat(deeper.durability()).isEqualTo(Durability.PROCESS);

        FAST.keySet().forEach(name -> grid.files().setAttribute(fast, name, null));
        grid.files().rename(grid.path("fast/a"), grid.path("elsewhere"), false, null);

        assertThat(grid.files().policy(fast)).isEqualTo(StoragePolicy.NONE);
        assertThat(begun(grid, grid.path("elsewhere/b/file"), OPTIONS).durability())
                .isEqualTo(Durability.PROCESS);
        assertThat(begun(grid, grid.path("fast/file"), OPTIONS).durability()).isEqualTo(Durability.POWER);
    }

    @Test
    void refusesWhatMeansNothing(Grid grid) {
        GridPath directory = grid.path("d");
        grid.makeDirectory(directory);
        grid.putInline(grid.path("d/file"), "x");

        Expect.error(
                ErrorCode.INVALID_ARGUMENT,
                "bad durability: 'forever', expected one of: memory, process, power",
                () -> grid.files().setAttribute(directory, PolicyAttributes.DURABILITY, "forever"));
        Expect.error(ErrorCode.INVALID_ARGUMENT, "bad replicas: '0', expected 1 to 16", () -> grid.files()
                .setAttribute(directory, PolicyAttributes.REPLICAS, "0"));
        Expect.error(
                ErrorCode.INVALID_ARGUMENT,
                "unknown attribute: swarm.colour (those that begin with swarm. are swarm.durability, swarm.replicas and swarm.ttl)",
                () -> grid.files().setAttribute(directory, "swarm.colour", "red"));
        Expect.error(
                ErrorCode.INVALID_ARGUMENT,
                "attribute swarm.replicas is for directories, and this is a file: " + grid.path("d/file"),
                () -> grid.files().setAttribute(grid.path("d/file"), PolicyAttributes.REPLICAS, "1"));
        Expect.error(
                ErrorCode.INVALID_ARGUMENT,
                "attribute swarm.replicas is for directories, and this is a file: " + grid.path("d/other"),
                () -> grid.metadata()
                        .begin(grid.path("d/other"), OPTIONS.attributes(Map.of(PolicyAttributes.REPLICAS, "1"))));
        assertThat(grid.files().policy(directory)).isEqualTo(StoragePolicy.NONE);
    }

    @Test
    void noFileIsSaferThanItsName(@TempDir Path scratch) {
        Map<String, String> settings = Map.of("metadata.durability", "process", "storage.durability", "process");
        try (TestGrid grid = TestGrid.start(scratch, new TestClock(), settings, "n1")) {
            FileMetadata metadata = grid.first().namespace().fileMetadata();

            Expect.error(
                    ErrorCode.PRECONDITION_FAILED,
                    "durability power is not to be had where metadata.durability is process",
                    () -> metadata.begin(GridPath.parse("/file"), OPTIONS.durability(Durability.POWER)));
            assertThat(metadata.begin(GridPath.parse("/file"), OPTIONS).durability())
                    .isEqualTo(Durability.PROCESS);
        }
    }

    private static OpenFile begun(Grid grid, GridPath path, PutOptions options) {
        return left(grid, grid.metadata().begin(path, options));
    }

    /** Nothing stays open: other tests count. */
    private static OpenFile left(Grid grid, OpenFile file) {
        grid.metadata().abandon(file);
        return file;
    }

    private static GridPath directory(Grid grid, String name) {
        GridPath path = grid.path(name);
        grid.files().makeDirectory(path, "ada", Files.Parents.REQUIRE);
        FAST.forEach((attribute, value) -> grid.files().setAttribute(path, attribute, value));
        return path;
    }
}
