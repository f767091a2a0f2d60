package io.swarmgrid.client.grid;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** Whether a call may be made again when it is not known what became of it. */
public enum Repeat {
    /** Again does no harm: it reads, or it carries an id by which it happens once. */
    SAFE,
    /** Only where it is sure that nothing was changed. */
    IF_NOT_APPLIED;

    /** Operations that read, or whose second time changes nothing more. */
    private static final Set<String> HARMLESS = Set.of(
            "fs.stat",
            "fs.list",
            "fs.usage",
            "fs.locate",
            "fs.set_attribute",
            "fs.set_replication",
            "fs.check",
            "fs.set_status",
            "dataset.info",
            "dataset.commit",
            "dataset.abort",
            "checkpoint.commit",
            "checkpoint.abort",
            "checkpoint.list",
            "checkpoint.info",
            "task.status",
            "task.list",
            "task.cancel",
            "qos.classes",
            "grid.status",
            "grid.drain",
            "grid.undrain",
            "grid.balance",
            "grid.whoami");

    /** What holds for an action; fields such as {@code operation_id} make any operation happen once. */
    static Repeat of(String operation, JsonNode request) {
        boolean harmless = HARMLESS.contains(operation)
                || request.hasNonNull("operation_id")
                || request.hasNonNull("put_id")
                || (operation.equals("fs.mkdir") && request.path("parents").asBoolean());
        return harmless ? SAFE : IF_NOT_APPLIED;
    }
}
