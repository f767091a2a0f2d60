package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.wire.LastBackup;
import io.swarmgrid.storage.backup.BackupMemory;
import io.swarmgrid.storage.backup.RestoreGate;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What the grid remembers of backups and restores, in memory: one for all nodes of a test. */
final class BackupFakes {
    private BackupFakes() {}

    static final class Memory implements BackupMemory {
        private volatile @Nullable LastBackup last;

        @Override
        public Optional<LastBackup> last() {
            return Optional.ofNullable(last);
        }

        @Override
        public void made(LastBackup backup) {
            last = backup;
        }
    }

    static final class Gate implements RestoreGate {
        private final AtomicLong era = new AtomicLong();
        private volatile boolean closed;

        @Override
        public boolean isLost() {
            return false;
        }

        @Override
        public void close() {
            closed = true;
        }

        @Override
        public boolean isClosed() {
            return closed;
        }

        @Override
        public void look() {}

        @Override
        public long nextEra(long above) {
            return era.accumulateAndGet(above, (now, least) -> Math.max(now, least) + 1);
        }

        @Override
        public void leave() {}

        @Override
        public void open() {
            closed = false;
        }
    }
}
