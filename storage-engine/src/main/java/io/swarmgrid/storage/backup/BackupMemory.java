package io.swarmgrid.storage.backup;

import io.swarmgrid.client.wire.LastBackup;
import java.util.Optional;

/** Which backup was the last one of the grid. Thread-safe. */
public interface BackupMemory {
    /** As this node knows it; nothing where there was none, or it cannot be told. Never waits. */
    Optional<LastBackup> last();

    /** @throws io.swarmgrid.client.GridException UNAVAILABLE */
    void made(LastBackup backup);
}
