package io.swarmgrid.client.grid;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** Whether a call may be made again when it is not known what became of it, and what is told where it never is. */
public enum Repeat {
    /** Changes nothing, however often it is made. */
    READ,
    /** A second time changes nothing more: by its nature, or by an id that it carries. A lost answer leaves its outcome open. */
    ONCE,
    /** Only where it is sure that nothing was changed. */
    IF_NOT_APPLIED;

    private static final Set<String> READS = Set.of(
            "fs.stat",
            "fs.list",
            "fs.usage",
            "fs.quota",
            "fs.locate",
            "fs.checksum",
            "fs.trash",
            "dataset.info",
            "checkpoint.list",
            "checkpoint.info",
            "task.status",
            "task.list",
            "qos.classes",
            "cache.room",
            "grid.status",
            "grid.whoami");

    /** Changes whose second time changes nothing more. */
    private static final Set<String> IDEMPOTENT = Set.of(
            "fs.set_attribute",
            "fs.set_replication",
            "fs.set_quota",
            "cache.pin",
            "cache.unpin",
            "fs.check",
            "fs.set_status",
            "fs.recover_lease",
            "fs.empty_trash",
            "dataset.commit",
            "dataset.abort",
            "checkpoint.commit",
            "checkpoint.abort",
            "task.cancel",
            "grid.drain",
            "grid.undrain",
            "grid.balance");

    /** What holds for an action; fields such as {@code operation_id} make any operation happen once. */
    static Repeat of(String operation, JsonNode request) {
        if (READS.contains(operation)) {
            return READ;
        }
        boolean once = IDEMPOTENT.contains(operation)
                || request.hasNonNull("operation_id")
                || request.hasNonNull("put_id")
                || (operation.equals("fs.mkdir") && request.path("parents").asBoolean());
        return once ? ONCE : IF_NOT_APPLIED;
    }
}
