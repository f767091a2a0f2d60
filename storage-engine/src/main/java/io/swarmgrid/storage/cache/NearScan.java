package io.swarmgrid.storage.cache;

import io.swarmgrid.storage.block.NearTier;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the near files of a tier by their names and lengths; what is in them is looked at when somebody wants it. */
final class NearScan extends SimpleFileVisitor<Path> {
    private static final Logger LOG = LoggerFactory.getLogger(NearScan.class);

    private final NearTier tier;
    private final int most;
    private final List<Found> kept = new ArrayList<>();
    private final PriorityQueue<Found> found = new PriorityQueue<>(Comparator.comparingLong(Found::modifiedMs));

    record Found(NearFile of, Path file, long modifiedMs) {}

    private NearScan(NearTier tier, int most) {
        this.tier = tier;
        this.most = most;
    }

    /**
     * Looks at all, and removes what is not finished, not ours, or too much: the oldest then.
     *
     * @param most how many of those that are not kept may stay
     */
    static NearScan of(NearTier tier, int most) {
        NearScan scan = new NearScan(tier, most);
        try {
            Files.walkFileTree(tier.directory(), scan);
        } catch (IOException e) {
            LOG.warn("cannot look at near files: directory={} error={}", tier.directory(), e.toString());
        }
        return scan;
    }

    /** As many as there were; the oldest of the others go. */
    List<Found> kept() {
        return kept;
    }

    /** Those that are not kept. */
    List<Found> oldestFirst() {
        List<Found> all = new ArrayList<>(found);
        all.sort(Comparator.comparingLong(Found::modifiedMs));
        return all;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes is) {
        NearFile of = NearFile.parse(file.getFileName().toString());
        if (of == null
                || !is.isRegularFile()
                || is.size() != NearFile.fileBytes(of.block().lengthBytes())) {
            remove(file, is.size());
            return FileVisitResult.CONTINUE;
        }
        if (of.isKept()) {
            kept.add(new Found(of, file, is.lastModifiedTime().toMillis()));
            return FileVisitResult.CONTINUE;
        }
        found.add(new Found(of, file, is.lastModifiedTime().toMillis()));
        Found oldest = found.size() > most ? found.poll() : null;
        if (oldest != null) {
            remove(oldest.file(), NearFile.fileBytes(oldest.of().block().lengthBytes()));
        }
        return FileVisitResult.CONTINUE;
    }

    private void remove(Path file, long bytes) {
        NearFile.delete(file);
        tier.gone(bytes);
    }
}
