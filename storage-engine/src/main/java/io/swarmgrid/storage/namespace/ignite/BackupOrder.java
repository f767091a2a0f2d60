package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.backup.BackupPart;
import org.jspecify.annotations.Nullable;

/**
 * What one node asks of all for a backup. Travels as JSON.
 *
 * @param directory null for where each node has its own
 * @param part what is to be finished or looked at; of a new one all but what is in it
 */
record BackupOrder(
        Kind kind,
        @Nullable String directory,
        @Nullable String name,
        @Nullable BackupPart part) {
    enum Kind {
        /** Makes sure that a backup of this name can be written, and that it fits. */
        PREPARE,
        /** Makes sure that what is being written has not taken what is to stay free. */
        ROOM,
        /** Reads what was written for this node, and says that it is whole. */
        SEAL,
        /** Looks whether changes are taken, and waits for the end of those that were begun before. */
        LOOK,
        /** Answers the parts that are found. */
        LIST,
        /** Reads a part, and answers what is wrong with it. */
        CHECK,
        /** Deletes a part. */
        DELETE,
        /** Deletes what this node has of a backup that did not come about. */
        DISCARD
    }

    static BackupOrder of(Kind kind, @Nullable String directory, @Nullable String name) {
        return new BackupOrder(kind, directory, name, null);
    }

    static BackupOrder of(Kind kind, @Nullable String directory, BackupPart part) {
        return new BackupOrder(kind, directory, part.name(), part);
    }
}
