package io.swarmgrid.storage.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.CheckResult;
import io.swarmgrid.client.wire.CheckResult.BlockProblem;
import io.swarmgrid.storage.check.CheckMode;
import io.swarmgrid.storage.check.FileChecker;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.PutOptions;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A check of blocks whose copies come and go while it looks at them. */
class CheckWhileMovingTest {
    private static final GridPath FILE = GridPath.parse("/f");

    @TempDir
    private Path directory;

    @Test
    void aCopyThatWasGivenUpMeanwhileIsNotMissed() throws IOException {
        try (TestNodes grid = new TestNodes(directory, 3)) {
            grid.put(
                    grid.get(1),
                    "/f",
                    TestNodes.random(100_000),
                    PutOptions.create("alice").replicas(2));
            FileLayout listed = grid.layout("/f");
            BlockRecord block = listed.blocks().get(0);
            String holder = block.holders().get(0).node();
            grid.named(holder).blocks().delete(block.id(), block.epoch());
            assertThat(check(grid, listed).badCopies()).as("still recorded").isEqualTo(1);
            grid.metadata().reportBad(block.fileId(), block.id(), holder, block.epoch());

            CheckResult found = check(grid, listed);

            assertThat(found.badCopies()).isZero();
            assertThat(found.problems())
                    .extracting(BlockProblem::problem)
                    .containsExactly(BlockProblem.UNDER_REPLICATED);
        }
    }

    /** @param listed what the check is told when it asks by the path; by the id it is told what is so */
    private static CheckResult check(TestNodes grid, FileLayout listed) {
        FileMetadata metadata = overtaken(FileMetadata.class, grid.metadata(), "layout", listed);
        Files files = overtaken(Files.class, new Object(), "stat", listed.status());
        TestNode node = grid.get(3);
        FileChecker checker = new FileChecker(files, metadata, node.path(), node.remote(), () -> {});
        CheckMode mode = new CheckMode(CheckMode.Depth.ALL, CheckMode.Repair.NO);
        return checker.check(TestNode.context(), FILE, null, mode, 10).found();
    }

    /** Gives one answer to a question about the path, and what the other has to all else. */
    private static <T> T overtaken(Class<T> type, Object other, String question, Object answer) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, asked) -> {
                    if (method.getName().equals(question) && asked[0].equals(FILE)) {
                        return answer;
                    }
                    try {
                        return method.invoke(other, asked);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
