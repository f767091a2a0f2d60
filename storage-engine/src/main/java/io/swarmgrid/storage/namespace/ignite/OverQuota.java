package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.DataSize;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what a quota refuses, and why, and what can be done. Thread-safe. */
final class OverQuota {
    private static final Logger LOG = LoggerFactory.getLogger(OverQuota.class);
    private static final long TRASH_LOOK_NANOS = 10_000_000_000L;
    private static final long PATIENCE_NANOS = 1_000_000_000L;
    private static final int MAX_LOOKS = 64;

    private final Map<Long, Look> looks = new LinkedHashMap<>();

    private record Look(Amount trash, long atNanos) {}

    GridException error(Runner runner, QuotaShort lacking, AllowanceStep.Answer come) {
        String path = come.path();
        Amount trash = trash(runner, lacking.quota());
        List<String> what = new ArrayList<>();
        Amount wanted = lacking.wanted();
        if (!new Amount(wanted.bytes(), 0).fits(come.used(), come.limits())) {
            what.add(new DataSize(come.limits().bytes()) + ", used "
                    + size(come.used().bytes()) + ", wanted "
                    + size(wanted.bytes()) + " more");
        }
        if (!new Amount(0, wanted.entries()).fits(come.used(), come.limits())) {
            what.add(come.limits().entries() + " entries, used " + come.used().entries() + ", wanted "
                    + wanted.entries() + " more");
        }
        String kept = trash.isZero()
                ? ""
                : "; at least " + size(trash.bytes()) + " in " + trash.entries() + " entries of it lie in the trash";
        return new GridException(
                ErrorCode.QUOTA_EXCEEDED,
                "quota of " + path + ": " + String.join("; ", what) + kept,
                path,
                (trash.isZero()
                                ? "remove something there"
                                : "give up what was removed there: swarm trash empty " + path)
                        + ", or have the quota raised: swarm quota " + path,
                null);
    }

    private static String size(long bytes) {
        return new DataSize(Math.max(0, bytes)).toString();
    }

    /** What was removed and still counts: looked up now and then, since it takes a look at all partitions. */
    private synchronized Amount trash(Runner runner, long quota) {
        long now = System.nanoTime();
        Look before = looks.get(quota);
        if (before != null && now - before.atNanos < TRASH_LOOK_NANOS) {
            return before.trash;
        }
        Amount trash = Amount.ZERO;
        int partitions = runner.look(Tables::partitions);
        try {
            for (int i = 0; i < partitions && System.nanoTime() - now < PATIENCE_NANOS; i++) {
                byte[] found = runner.readPrimary(Ids.home(i), new TrashedStep(quota, i));
                trash = trash.plus(Amount.decode(new RecordReader(found)));
            }
        } catch (GridException | StaleException e) {
            LOG.debug("the trash was not looked through: quota={}", quota, e); // it says "at least"
        }
        looks.remove(quota);
        looks.put(quota, new Look(trash, now));
        if (looks.size() > MAX_LOOKS) {
            looks.remove(looks.keySet().iterator().next());
        }
        return trash;
    }
}
