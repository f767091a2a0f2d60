package io.swarmgrid.storage.check;

import io.swarmgrid.client.wire.CheckResult;
import io.swarmgrid.client.wire.CheckResult.BlockProblem;
import io.swarmgrid.client.wire.CheckResult.CopyState;
import io.swarmgrid.storage.namespace.BlockRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one page of a check has found so far. Confined to one thread. */
final class Tally {
    private long files;
    private long directories;
    private long sizeBytes;
    private long blocks;
    private long underReplicated;
    private long missing;
    private long corrupt;
    private long badCopies;
    private long repaired;
    private final List<BlockProblem> problems = new ArrayList<>();

    void file(long fileBytes) {
        files++;
        sizeBytes += fileBytes;
    }

    void directory() {
        directories++;
    }

    void block(String path, BlockRecord block, List<CopyState> copies, int repairedCopies) {
        long good = count(copies, CopyState.GOOD);
        long bad = count(copies, CopyState.BAD);
        long gone = count(copies, CopyState.MISSING);
        blocks++;
        badCopies += bad + gone;
        repaired += repairedCopies;
        String kind = null;
        if (good == 0 && bad > 0) {
            kind = BlockProblem.CORRUPT;
            corrupt++;
        } else if (good == 0) {
            kind = BlockProblem.MISSING;
            missing++;
        } else if (good < block.replication()) {
            kind = BlockProblem.UNDER_REPLICATED;
            underReplicated++;
        } else if (bad + gone > 0) {
            kind = BlockProblem.BAD_COPY;
        }
        if (kind != null) {
            problems.add(new BlockProblem(
                    path,
                    block.id().toString(),
                    block.offset(),
                    block.lengthBytes(),
                    block.replication(),
                    kind,
                    copies));
        }
    }

    int problems() {
        return problems.size();
    }

    long files() {
        return files;
    }

    CheckResult result(@Nullable String next) {
        return new CheckResult(
                files,
                directories,
                sizeBytes,
                blocks,
                underReplicated,
                missing,
                corrupt,
                badCopies,
                repaired,
                problems,
                next);
    }

    private static long count(List<CopyState> copies, String state) {
        return copies.stream().filter(copy -> copy.state().equals(state)).count();
    }
}
