package io.swarmgrid.client.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a backup, or the check of one, is.
 *
 * @param run names it to the node that does it
 * @param state {@code running}, {@code done} or {@code failed}
 * @param phase what it is at, or why it failed
 * @param backup once it is known
 * @param removed older backups that were deleted for it
 * @param problems what a check found to be damaged, node by node
 */
public record BackupResult(
        String run,
        String state,
        String phase,
        @Nullable BackupInfo backup,
        List<String> removed,
        List<String> problems)
        implements RunResult {
    public static final String RUNNING = "running";
    public static final String DONE = "done";
    public static final String FAILED = "failed";

    public BackupResult {
        removed = List.copyOf(removed);
        problems = List.copyOf(problems);
    }
}
