package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.Mount;
import io.swarmgrid.storage.namespace.Mounts;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.Publication;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.SmallFile;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Mounts as entries of the namespace; what they show is nobody's business here. */
@ExtendWith(OneNode.class)
final class MountsTest {
    private static final String URI = "file:///data";
    private static final PutOptions OPTIONS = PutOptions.create("ada");

    private static Mounts mounts(Grid grid) {
        return grid.namespace().mounts();
    }

    private static FileStatus attach(Grid grid, String below) {
        return mounts(grid).attach(grid.path(below), URI, "ada", null);
    }

    private static List<GridPath> listed(Grid grid) {
        return mounts(grid).list().stream()
                .map(Mount::path)
                .filter(path -> path.startsWith(grid.home()))
                .toList();
    }

    @Test
    void isADirectoryThatSaysWhatIsMountedThere(Grid grid) {
        FileStatus made = attach(grid, "a/b/m");
        assertThat(made.kind()).isEqualTo(EntryKind.DIRECTORY);
        assertThat(made.attribute(Mounts.ATTRIBUTE)).isEqualTo(URI);
        assertThat(grid.files().stat(grid.path("a/b/m"))).isEqualTo(made);
        assertThat(mounts(grid).over(grid.path("a/b/m"))).hasValue(new Mount(grid.path("a/b/m"), URI, made));
        Mount above = mounts(grid).over(grid.path("a/b/m/x/y")).orElseThrow();
        assertThat(above.path()).isEqualTo(grid.path("a/b/m"));
        assertThat(above.within(grid.path("a/b/m/x/y"))).isEqualTo("x/y");
        assertThat(mounts(grid).over(grid.path("a/b"))).isEmpty();
        assertThat(mounts(grid).over(grid.path("a/none/x"))).isEmpty();
        assertThat(listed(grid)).containsExactly(grid.path("a/b/m"));
    }

    @Test
    void nothingIsPutIntoIt(Grid grid) {
        attach(grid, "m");
        GridPath below = grid.path("m/x");
        String mounted = "an outer store is mounted there";
        grid.putInline(grid.path("f"), "1");
        Expect.error(ErrorCode.UNSUPPORTED, mounted, () -> grid.putInline(below, "1"));
        Expect.error(ErrorCode.UNSUPPORTED, mounted, () -> grid.putInline(grid.path("m/x/y/z"), "1"));
        Expect.error(ErrorCode.UNSUPPORTED, mounted, () -> grid.makeDirectory(below));
        Expect.error(ErrorCode.UNSUPPORTED, mounted, () -> grid.metadata().create(below, OPTIONS));
        Expect.error(ErrorCode.UNSUPPORTED, mounted, () -> grid.metadata().createEmpty(below, OPTIONS));
        Expect.error(ErrorCode.UNSUPPORTED, mounted, () -> grid.metadata()
                .putMany(grid.path("m"), List.of(new SmallFile("x", new byte[1])), OPTIONS));
        Expect.error(ErrorCode.UNSUPPORTED, mounted, () -> grid.files().rename(grid.path("f"), below, false, null));
        Expect.error(ErrorCode.UNSUPPORTED, mounted, () -> attach(grid, "m/x"));
        Expect.error(ErrorCode.UNSUPPORTED, mounted, () -> attach(grid, "m/x/y"));
        for (PutMode mode : PutMode.values()) {
            GridPath staged = Files.STAGING.child("mounts-" + mode);
            grid.files().makeDirectory(staged, "ada", Files.Parents.REQUIRE);
            grid.putInline(staged.child("p"), "1");
            GridPath target = mode == PutMode.CREATE ? below : grid.path("m");
            Expect.error(ErrorCode.UNSUPPORTED, mounted, () -> grid.files()
                    .publish(new Publication(staged, target, mode, EntryKind.DIRECTORY, Map.of(), 1, null)));
        }
        assertThat(grid.files().list(grid.path("m"), null, 10).entries()).isEmpty();
        assertThat(listed(grid)).containsExactly(grid.path("m"));
    }

    @Test
    void isMadeWhereNothingIsAndNotWhereTheGridHasItsOwn(Grid grid) {
        attach(grid, "m");
        grid.putInline(grid.path("f"), "1");
        grid.makeDirectory(grid.path("d"));
        for (String taken : List.of("m", "f", "d")) {
            Expect.error(ErrorCode.ALREADY_EXISTS, "already exists", () -> attach(grid, taken));
        }
        Expect.error(ErrorCode.NOT_A_DIRECTORY, "not a directory", () -> attach(grid, "f/x"));
        for (GridPath own : List.of(GridPath.ROOT, Files.STAGING, Files.STAGING.child("s"))) {
            Expect.error(ErrorCode.INVALID_ARGUMENT, "cannot mount an outer store at", () -> mounts(grid)
                    .attach(own, URI, "ada", null));
        }
    }

    @Test
    void isAttachedAndDetachedOnceByOneOperation(Grid grid) {
        OperationId attach = new OperationId("attach-" + grid.home());
        OperationId detach = new OperationId("detach-" + grid.home());
        FileStatus made = mounts(grid).attach(grid.path("m"), URI, "ada", attach);
        assertThat(mounts(grid).attach(grid.path("m"), URI, "ada", attach)).isEqualTo(made);
        mounts(grid).detach(grid.path("m"), detach);
        mounts(grid).detach(grid.path("m"), detach);
        Expect.error(ErrorCode.NOT_FOUND, "not found", () -> mounts(grid).detach(grid.path("m"), null));
        assertThat(listed(grid)).isEmpty();
        assertThat(grid.files().find(grid.path("m"))).isEmpty();
        assertThat(grid.namespace().trash().list(grid.home(), null, 10).entries())
                .isEmpty();
        grid.makeDirectory(grid.path("m"));
        grid.putInline(grid.path("m/f"), "1"); // it is a directory as any other
    }

    @Test
    void onlyAMountIsDetachedAndNothingElseRemovesOne(Grid grid) {
        attach(grid, "m");
        grid.putInline(grid.path("f"), "1");
        grid.makeDirectory(grid.path("d"));
        for (String other : List.of("f", "d")) {
            Expect.error(ErrorCode.INVALID_ARGUMENT, "no outer store is mounted there", () -> mounts(grid)
                    .detach(grid.path(other), null));
        }
        Expect.error(ErrorCode.NOT_FOUND, "not found", () -> mounts(grid).detach(grid.path("m/x"), null));
        Expect.error(
                ErrorCode.INVALID_ARGUMENT, "no outer store", () -> mounts(grid).detach(GridPath.ROOT, null));
        for (boolean recursive : List.of(true, false)) {
            Expect.error(ErrorCode.UNSUPPORTED, "an outer store is mounted there", () -> grid.files()
                    .remove(grid.path("m"), recursive, null));
        }
        Expect.error(ErrorCode.INVALID_ARGUMENT, "unknown attribute", () -> grid.files()
                .setAttribute(grid.path("m"), Mounts.ATTRIBUTE, null));
        Expect.error(ErrorCode.INVALID_ARGUMENT, "unknown attribute", () -> grid.files()
                .setAttribute(grid.path("d"), Mounts.ATTRIBUTE, URI));
        assertThat(listed(grid)).containsExactly(grid.path("m"));
    }

    @Test
    void isKeptThroughRenames(Grid grid) {
        FileStatus made = attach(grid, "a/m");
        grid.files().rename(grid.path("a/m"), grid.path("a/n"), false, null);
        grid.files().rename(grid.path("a"), grid.path("b"), false, null);
        Mount mount = mounts(grid).over(grid.path("b/n/x")).orElseThrow();
        assertThat(mount.id()).isEqualTo(made.id());
        assertThat(mount.within(grid.path("b/n/x"))).isEqualTo("x");
        assertThat(listed(grid)).containsExactly(grid.path("b/n"));
        Expect.error(ErrorCode.UNSUPPORTED, "mounted", () -> grid.putInline(grid.path("b/n/x"), "1"));
    }

    @Test
    void goesAndComesBackWithWhatIsAboveIt(Grid grid) {
        attach(grid, "a/m");
        FileStatus above = grid.files().stat(grid.path("a"));
        grid.files().remove(grid.path("a"), true, null);
        assertThat(listed(grid)).isEmpty();
        assertThat(mounts(grid).over(grid.path("a/m/x"))).isEmpty();
        grid.namespace().trash().restore(above.id(), null, "ada", null);
        assertThat(listed(grid)).containsExactly(grid.path("a/m"));
        Expect.error(ErrorCode.UNSUPPORTED, "mounted", () -> grid.putInline(grid.path("a/m/x"), "1"));
    }

    @Test
    void isListedAgainOnceItIsUsedWhereTheListHasLostIt(Grid grid) {
        attach(grid, "m");
        new Runner(grid.ignite(), grid.nodes()).changeHere(tables -> {
            MountList.put(tables, List.of());
            return true;
        });
        assertThat(listed(grid)).isEmpty();
        assertThat(mounts(grid).over(grid.path("m/x"))).isPresent();
        assertThat(listed(grid)).containsExactly(grid.path("m"));
    }

    @Test
    void thereAreNoMoreThanMayBe(Grid grid) {
        IgniteMounts two = new IgniteMounts(
                new Runner(grid.ignite(), grid.nodes()),
                new Publishing(
                        new Runner(grid.ignite(), grid.nodes()),
                        new PathWalk(new Runner(grid.ignite(), grid.nodes())),
                        new Ids(new java.security.SecureRandom()),
                        grid.clock()),
                new Ids(new java.security.SecureRandom()),
                grid.clock(),
                mounts(grid).list().size() + 1);
        two.attach(grid.path("m1"), URI, "ada", null);
        Expect.error(
                ErrorCode.OVERLOADED,
                "as many mounts of outer stores as may be",
                () -> two.attach(grid.path("m2"), URI, "ada", null));
        two.detach(grid.path("m1"), null);
        two.attach(grid.path("m2"), URI, "ada", null);
        assertThat(listed(grid)).containsExactly(grid.path("m2"));
    }
}
