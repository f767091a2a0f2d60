package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.namespace.Files.Parents;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a node that the others may have gone on without says of what it reads in its own copies. */
@ExtendWith(OneNode.class)
final class GoneOnWithoutTest {
    private final Grid grid;

    GoneOnWithoutTest(Grid grid) {
        this.grid = grid;
    }

    @BeforeEach
    @AfterEach
    void isOneOfTheGrid() {
        grid.nodes().stillIn(true);
    }

    private static void assertNotBelieved(String what, ThrowingCallable reading) {
        try {
            Expect.error(ErrorCode.NO_QUORUM, "they may have gone on without n1", reading);
        } catch (AssertionError e) {
            throw new AssertionError(what, e);
        }
    }

    @Test
    void nothingThatIsReadCounts() {
        GridPath path = grid.path("file");
        long id = grid.putBlocks(path, PutOptions.create("ada"), 10).id();
        OperationId operation = new OperationId("op-1");
        grid.nodes().stillIn(false);

        Map<String, ThrowingCallable> reads = Map.ofEntries(
                Map.entry("find", () -> grid.files().find(path)),
                Map.entry("stat", () -> grid.files().stat(path)),
                Map.entry("list", () -> grid.files().list(grid.home(), null, 10)),
                Map.entry("usage", () -> grid.files().usage(grid.home())),
                Map.entry("locate", () -> grid.files().locate(path)),
                Map.entry("locate by id", () -> grid.files().locateAll(List.of(id))),
                Map.entry("policy", () -> grid.files().policy(grid.home())),
                Map.entry("outcome", () -> grid.files().outcome(operation)),
                Map.entry("layout", () -> grid.metadata().layout(path)),
                Map.entry("layout by id", () -> grid.metadata().layout(id)),
                Map.entry("trash", () -> grid.namespace().trash().list(grid.home(), null, 10)));

        reads.forEach(GoneOnWithoutTest::assertNotBelieved);
    }

    @Test
    void thatNothingWasFoundDoesNotCountEither() {
        GridPath missing = grid.path("missing");
        grid.nodes().stillIn(false);

        Map<String, ThrowingCallable> reads = Map.of(
                "find", () -> grid.files().find(missing),
                "stat", () -> grid.files().stat(missing),
                "list", () -> grid.files().list(missing, null, 10),
                "layout", () -> grid.metadata().layout(missing),
                "layout by id", () -> grid.metadata().layout(1));

        reads.forEach(GoneOnWithoutTest::assertNotBelieved);
    }

    @Test
    void aChangeIsNotRefusedByWhatWasRead() {
        GridPath there = grid.path("there");
        FileStatus before = grid.putInline(there, "text");
        grid.nodes().stillIn(false);

        Map<String, ThrowingCallable> changes = Map.of(
                "put of a name that is there", () -> grid.putInline(there, "other"),
                "directory of a name that is there", () -> grid.files().makeDirectory(there, "ada", Parents.MAKE),
                "rename of what is not there",
                        () -> grid.files().rename(grid.path("no"), grid.path("new"), false, null),
                "removal of what is not there", () -> grid.files().remove(grid.path("no"), false, null));

        changes.forEach(GoneOnWithoutTest::assertNotBelieved);
        grid.nodes().stillIn(true);
        assertThat(grid.files().stat(there)).isEqualTo(before);
    }

    /** Where its directory is was read here. */
    @Test
    void nothingIsMadeWhereThatWasRead() {
        grid.nodes().stillIn(false);
        assertNotBelieved("put", () -> grid.putInline(grid.path("new"), "text"));

        grid.nodes().stillIn(true);
        assertThat(grid.files().find(grid.path("new"))).isEmpty();
    }
}
