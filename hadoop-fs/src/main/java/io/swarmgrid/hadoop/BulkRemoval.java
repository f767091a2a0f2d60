package io.swarmgrid.hadoop;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.BulkDelete;
import org.apache.hadoop.fs.BulkDeleteUtils;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.statistics.StoreStatisticNames;
import org.jspecify.annotations.Nullable;

/** Removes many entries below a path; what cannot be removed, such as a directory that is not empty, is told with why. */
final class BulkRemoval implements BulkDelete {
    private static final int PAGE_SIZE = 100;

    private final SwarmFileSystem files;
    private final Path base;

    BulkRemoval(SwarmFileSystem files, Path base) {
        this.files = files;
        this.base = base;
    }

    @Override
    public int pageSize() {
        return PAGE_SIZE;
    }

    @Override
    public Path basePath() {
        return base;
    }

    @Override
    public List<Map.Entry<Path, String>> bulkDelete(Collection<Path> paths) {
        BulkDeleteUtils.validateBulkDeletePaths(paths, PAGE_SIZE, base);
        files.count(StoreStatisticNames.OP_BULK_DELETE);
        List<Map.Entry<Path, String>> left = new ArrayList<>();
        // A directory goes after what is in it, in whatever order they were named.
        for (Path path : paths.stream()
                .sorted(Comparator.comparingInt(Path::depth).reversed())
                .toList()) {
            String problem = remove(path);
            if (problem != null) {
                left.add(Map.entry(path, problem));
            }
        }
        return left;
    }

    private @Nullable String remove(Path path) {
        try {
            files.delete(path, false); // false where there is nothing: that is what was wanted
            return null;
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {}
}
