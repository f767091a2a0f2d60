package io.swarmgrid.node.cli;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.PutMany;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Small files of one directory, which go into the grid together: that takes one change of its metadata where each by itself takes its
 * own, and waits for the disks as often.
 */
final class PutBatches {
    /** What a grid keeps in its metadata unless it is told otherwise; one that keeps less refuses, and gets them one by one. */
    private static final long SMALL_BYTES = 4 << 10;

    private static final int MAX_FILES = 128;

    private PutBatches() {}

    /** In their order, neighbours of one directory together; each list has one item at least. */
    static List<List<PutItem>> of(List<PutItem> items) {
        List<List<PutItem>> batches = new ArrayList<>();
        List<PutItem> open = new ArrayList<>();
        for (PutItem item : items) {
            boolean joins =
                    !open.isEmpty() && open.size() < MAX_FILES && isSmall(item) && areNeighbours(open.get(0), item);
            if (!joins) {
                open = new ArrayList<>();
                batches.add(open);
            }
            open.add(item);
        }
        return batches;
    }

    /** The request for a batch; nothing where one of its files is not small any more. */
    static Optional<List<PutMany.File>> read(List<PutItem> batch) throws IOException {
        List<PutMany.File> files = new ArrayList<>(batch.size());
        for (PutItem item : batch) {
            Path source = item.source();
            if (source == null || Files.size(source) > SMALL_BYTES) {
                return Optional.empty();
            }
            byte[] bytes = Files.readAllBytes(source);
            if (bytes.length > SMALL_BYTES) {
                return Optional.empty();
            }
            files.add(PutMany.File.of(GridPath.parse(item.target()).name(), bytes));
        }
        return Optional.of(files);
    }

    static String directory(PutItem item) {
        return String.valueOf(GridPath.parse(item.target()).parent());
    }

    private static boolean areNeighbours(PutItem first, PutItem item) {
        return isSmall(first) && directory(first).equals(directory(item));
    }

    private static boolean isSmall(PutItem item) {
        return item.source() != null && item.sizeBytes() >= 0 && item.sizeBytes() <= SMALL_BYTES;
    }
}
