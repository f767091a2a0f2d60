package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.block.SealedBlock;
import io.swarmgrid.storage.namespace.BlockCensus;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Replica;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.ignite.Ignite;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests one grid of one persistent node, started once for all of them. Each test works below a path of its own, and leaves no writer
 * behind: there may be few, and the next would fail in its place.
 */
final class OneNode implements ParameterResolver, AfterEachCallback {
    /**
     * The node and short ways to use it.
     *
     * @param silent where files are opened whose leases nobody renews
     */
    record Grid(
            IgniteNamespace namespace,
            FileMetadata silent,
            TestNodes nodes,
            TestClock clock,
            GridPath home,
            Ignite ignite) {
        private static final AtomicInteger COUNTER = new AtomicInteger();

        Files files() {
            return namespace.files();
        }

        FileMetadata metadata() {
            return namespace.fileMetadata();
        }

        BlockCensus census() {
            return namespace.census();
        }

        GridPath path(String below) {
            return GridPath.parse(home + "/" + below);
        }

        FileStatus putInline(GridPath path, String text) {
            return metadata().putInline(path, PutOptions.create("ada"), text.getBytes(StandardCharsets.UTF_8));
        }

        FileStatus makeDirectory(GridPath path) {
            return files().makeDirectory(path, "ada", Files.Parents.MAKE);
        }

        /** Writes a file of sealed blocks of these lengths, without bytes. */
        FileStatus putBlocks(GridPath path, PutOptions options, long... lengths) {
            OpenFile file = metadata().begin(path, options);
            return metadata().commit(file, sealBlocks(file, lengths));
        }

        List<BlockId> sealBlocks(OpenFile file, long... lengths) {
            List<BlockId> blocks = new ArrayList<>();
            long offset = 0;
            for (long length : lengths) {
                BlockRecord block = metadata().allocate(file, offset, Set.of());
                List<String> holders =
                        block.holders().stream().map(Replica::node).toList();
                metadata().seal(file, new SealedBlock(block.id(), block.epoch(), length, 42), holders);
                blocks.add(block.id());
                offset += length;
            }
            return blocks;
        }
    }

    /** What is kept for the whole run. */
    private record Kept(TestGrid grid, FileMetadata silent, TestClock clock, Path directory) implements AutoCloseable {
        static Kept start() {
            try {
                Path directory = java.nio.file.Files.createTempDirectory("namespace");
                TestClock clock = new TestClock();
                TestGrid grid = TestGrid.start(
                        directory, clock, Map.of("storage.max-open-writers", "16", "storage.block-size", "1MiB"), "n1");
                return new Kept(grid, grid.silent().fileMetadata(), clock, directory);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            grid.close();
            try (Stream<Path> tree = java.nio.file.Files.walk(directory)) {
                for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
                    java.nio.file.Files.delete(path);
                }
            }
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Grid.class;
    }

    private static ExtensionContext.Store store(ExtensionContext context) {
        return context.getRoot().getStore(ExtensionContext.Namespace.create(OneNode.class));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Kept kept = store(context).get(Kept.class, Kept.class);
        if (kept != null && context.getExecutionException().isEmpty()) {
            assertThat(kept.grid.first().namespace().writers())
                    .as("files that are open still")
                    .isZero();
        }
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Kept kept = store(context).getOrComputeIfAbsent(Kept.class, type -> Kept.start(), Kept.class);
        TestGrid.Member member = kept.grid.first();
        member.nodes().quorum(true);
        member.nodes().stillIn(true);
        member.nodes().safeMode(false);
        member.nodes().live(List.of("n1"));
        IgniteNamespace namespace = member.namespace();
        GridPath home = GridPath.parse("/t" + Grid.COUNTER.incrementAndGet());
        namespace.files().makeDirectory(home, "ada", Files.Parents.REQUIRE);
        return new Grid(namespace, kept.silent, member.nodes(), kept.clock, home, member.ignite());
    }
}
