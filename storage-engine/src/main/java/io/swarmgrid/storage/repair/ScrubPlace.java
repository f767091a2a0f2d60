package io.swarmgrid.storage.repair;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.storage.block.BlockId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How far the check of blocks has come, kept in a file; where that is lost, it begins anew. Confined to one thread. */
final class ScrubPlace {
    private static final Logger LOG = LoggerFactory.getLogger(ScrubPlace.class);

    private final Path file;
    private Kept kept;

    /**
     * What the file says.
     *
     * @param startedMs when the latest pass began
     * @param after the last block that was checked; absent between two passes
     */
    private record Kept(long startedMs, @Nullable String after) {}

    private ScrubPlace(Path file, Kept kept) {
        this.file = file;
        this.kept = kept;
    }

    static ScrubPlace open(Path file) {
        Kept kept = new Kept(0, null);
        try {
            if (Files.exists(file)) {
                kept = Json.read(Files.readAllBytes(file), Kept.class);
                if (kept.after() != null) {
                    BlockId.parse(kept.after());
                }
            }
        } catch (IOException | GridException | IllegalArgumentException e) {
            LOG.warn("place of the check of blocks is lost, it begins anew: file={}: {}", file, e.getMessage());
            kept = new Kept(0, null);
        }
        return new ScrubPlace(file, kept);
    }

    boolean isAtStart() {
        return kept.after() == null;
    }

    long startedMs() {
        return kept.startedMs();
    }

    boolean isAhead(BlockId block) {
        String after = kept.after();
        return after == null || block.compareTo(BlockId.parse(after)) > 0;
    }

    void begin(long nowMs) {
        kept = new Kept(nowMs, null);
        save();
    }

    void reached(BlockId block) {
        kept = new Kept(kept.startedMs(), block.toString());
    }

    void end() {
        kept = new Kept(kept.startedMs(), null);
        save();
    }

    void save() {
        try {
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.write(fresh, Json.write(kept));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("place of the check of blocks was not written: file={}: {}", file, e.getMessage());
        }
    }
}
