package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.storage.namespace.ignite.OneNode.Grid;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(OneNode.class)
final class ListedPagesTest {
    private static final int LIMIT = 100;
    private static final int CHANGES = 150;
    private static final int THREADS = 4;

    private static List<String> names(Grid grid, GridPath directory) {
        return grid.files().list(directory, null, LIMIT).entries().stream()
                .map(entry -> GridPath.parse(entry.path()).name())
                .toList();
    }

    /** What is kept of the first page of a directory, and still true. */
    private static byte @Nullable [] kept(Grid grid, FileStatus directory) {
        return Tables.of(grid.ignite()).listed().find(new ListedPages.Key(directory.id(), null, LIMIT));
    }

    @Test
    void givesWhatItHasReadAgain(Grid grid) {
        FileStatus directory = grid.makeDirectory(grid.path("d"));
        grid.putInline(grid.path("d/a"), "a");
        grid.makeDirectory(grid.path("d/b"));
        Listing first = grid.files().list(grid.path("d"), null, LIMIT);

        byte[] page = kept(grid, directory);
        assertThat(page).isNotNull();
        assertThat(grid.files().list(grid.path("d"), null, LIMIT)).isEqualTo(first);
        assertThat(kept(grid, directory)).isSameAs(page);
    }

    @Test
    void readsAnewWhatHasChanged(Grid grid) {
        GridPath d = grid.path("d");
        FileStatus directory = grid.makeDirectory(d);
        grid.makeDirectory(grid.path("d/below"));
        grid.putInline(grid.path("other"), "moved in");
        assertThat(names(grid, d)).containsExactly("below");

        grid.putInline(grid.path("d/a"), "a");
        assertThat(kept(grid, directory)).isNull();
        assertThat(names(grid, d)).containsExactly("a", "below");

        grid.files().rename(grid.path("other"), grid.path("d/in"), false, null);
        assertThat(names(grid, d)).containsExactly("a", "below", "in");

        grid.files().rename(grid.path("d/a"), grid.path("d/b"), false, null);
        assertThat(names(grid, d)).containsExactly("b", "below", "in");

        // Rows of other partitions: what was moved in, and a directory.
        grid.files().setAttribute(grid.path("d/in"), "user.of", "file");
        grid.files().setAttribute(grid.path("d/below"), "user.of", "directory");
        assertThat(grid.files().list(d, null, LIMIT).entries())
                .extracting(entry -> entry.attribute("user.of"))
                .containsExactly(null, "directory", "file");

        grid.files().remove(grid.path("d/b"), false, null);
        assertThat(names(grid, d)).containsExactly("below", "in");
    }

    @Test
    void showsEachItsOwnChangesWhateverOthersAreChanging(Grid grid) throws Exception {
        GridPath d = grid.path("d");
        grid.makeDirectory(d);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Void>> crew = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int seed = i;
                crew.add(() -> {
                    change(grid, d, "w" + seed + "-", new Random(seed));
                    return null;
                });
            }
            for (Future<Void> done : threads.invokeAll(crew)) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void change(Grid grid, GridPath d, String prefix, Random random) {
        List<String> mine = new ArrayList<>();
        for (int i = 0; i < CHANGES; i++) {
            if (mine.size() < 2 || (mine.size() < 12 && random.nextBoolean())) {
                String name = prefix + String.format("%03d", i);
                grid.putInline(d.child(name), name);
                mine.add(name);
            } else {
                String name = mine.remove(random.nextInt(mine.size()));
                grid.files().remove(d.child(name), false, null);
            }
            assertThat(names(grid, d))
                    .filteredOn(name -> name.startsWith(prefix))
                    .containsExactlyElementsOf(mine.stream().sorted().toList());
        }
    }
}
