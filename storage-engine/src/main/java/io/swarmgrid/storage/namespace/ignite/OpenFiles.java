package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.StorageConfig;
import io.swarmgrid.storage.namespace.OpenFile;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * A lease is renewed by a counter beside it: whoever keeps the file sees the counter move, and measures by its own
 * monotonic clock how long it did not (Silence). No clock of one node is ever compared with that of another. Most files
 * are open for less than a third of the lease's duration, and cost no renewal.
 */
/** The files that this node has open for writing: their number is bounded, their leases are renewed. Thread-safe. */
final class OpenFiles {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);

    private final Runner runner;
    private final StorageConfig config;
    private final LongSupplier nanoTime;
    /** Under each lease: one that is asked for in vain has nothing to do with the one that there is. */
    private final Map<Key, Entry> files = new ConcurrentHashMap<>();
    /** Given up, but the metadata could not be told; each was an open file before, and their number is bounded alike. */
    private final Set<OpenFile> untold = ConcurrentHashMap.newKeySet();

    private record Key(long fileId, long leaseEpoch) {
        static Key of(OpenFile file) {
            return new Key(file.fileId(), file.leaseEpoch());
        }
    }

    /** @param opened whether it is known to be open, or is being opened still */
    private record Entry(OpenFile file, long sinceNanos, boolean opened) {}

    OpenFiles(Runner runner, StorageConfig config, LongSupplier nanoTime) {
        this.runner = runner;
        this.config = config;
        this.nanoTime = nanoTime;
    }

    /**
     * Counts a file that is open.
     *
     * @throws GridException OVERLOADED where too many are open already
     */
    void add(OpenFile file) {
        add(file, true);
    }

    private void add(OpenFile file, boolean opened) {
        files.put(Key.of(file), new Entry(file, nanoTime.getAsLong(), opened));
        if (files.size() > config.maxOpenWriters()) {
            files.remove(Key.of(file));
            throw new GridException(
                    ErrorCode.OVERLOADED,
                    "too many files are open for writing on this node: storage.max-open-writers="
                            + config.maxOpenWriters(),
                    null,
                    "wait for others to finish, or write through another node",
                    null);
        }
    }

    /** Counts the file as open while the step opens it, and goes on doing so if it did. */
    byte[] open(OpenFile file, long home, Step opening) {
        add(file, false);
        try {
            byte[] answer = runner.change(home, opening);
            files.computeIfPresent(Key.of(file), (key, entry) -> new Entry(entry.file, entry.sinceNanos, true));
            return answer;
        } catch (GridException e) {
            remove(file);
            if (e.kind() == ErrorKind.UNKNOWN) {
                remember(file);
            }
            throw e;
        } catch (StaleException e) {
            remove(file);
            throw e;
        }
    }

    /** How many there are, with those that were given up and of which the metadata could not be told yet. */
    int count() {
        return files.size() + untold.size();
    }

    /** Nothing where it is open under another lease by now. */
    void remove(OpenFile file) {
        files.remove(Key.of(file));
    }

    /**
     * Under which leases a file is open here by now. All of them are fenced by one that is asked for later: of those that are asked for
     * at the same time nobody knows which comes last.
     */
    List<OpenFile> leasesOf(long fileId) {
        return files.values().stream()
                .filter(entry -> entry.opened && entry.file.fileId() == fileId)
                .map(Entry::file)
                .toList();
    }

    /** Due a few times in the duration of a lease; a file that cannot be renewed now is tried again the next time. */
    void renew() {
        long longEnough = config.leaseDuration().toNanos() / IgniteNamespace.RENEWALS;
        long now = nanoTime.getAsLong();
        for (Entry entry : files.values()) {
            if (now - entry.sinceNanos >= longEnough) {
                renew(entry.file);
            }
        }
    }

    private void renew(OpenFile file) {
        try {
            runner.change(file.fileId(), new RenewStep(file));
        } catch (StaleException e) {
            LOG.debug("lease was not renewed: file={}", file.fileId(), e);
        } catch (GridException e) {
            LOG.debug("lease was not renewed: file={} problem={}", file.fileId(), e.getMessage());
        }
    }

    /** Gives a file up; where the metadata cannot be told now it is told later. */
    void abandon(OpenFile file) {
        remove(file);
        try {
            runner.change(file.fileId(), new AbandonStep(file));
            untold.remove(file);
        } catch (GridException e) {
            remember(file);
            throw e;
        }
    }

    /** Keeps a file that was given up until the metadata has been told; beyond the bound its lease ends by itself. */
    private void remember(OpenFile file) {
        if (untold.size() < config.maxOpenWriters()) {
            untold.add(file);
        }
    }

    /** Tells the metadata of files that were given up while it could not be told; stops at the first failure. */
    void abandonUntold() {
        for (OpenFile file : untold) {
            try {
                abandon(file);
            } catch (GridException e) {
                LOG.debug("still cannot give a file up: file={}", file.fileId(), e);
                return;
            }
        }
    }
}
