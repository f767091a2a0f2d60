package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.QuotaChange;
import io.swarmgrid.client.wire.QuotaState;
import io.swarmgrid.client.wire.QuotaStatus;
import io.swarmgrid.storage.namespace.Quotas;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Quotas over steps. Thread-safe. */
final class IgniteQuotas implements Quotas {
    private final Runner runner;
    private final PathWalk walk;
    private final Ids ids;

    IgniteQuotas(Runner runner, PathWalk walk, Ids ids) {
        this.runner = runner;
        this.walk = walk;
        this.ids = ids;
    }

    @Override
    public List<QuotaStatus> of(GridPath path) {
        return Runner.untilFresh(() -> runner.look(tables -> {
            PathWalk.Reached reached = PathWalk.reach(tables, path);
            Inode inode = tables.inode(reached.dentry().inodeId());
            if (inode == null) {
                throw new StaleException("removed meanwhile: " + path);
            }
            if (reached.depth() < path.names().size() && !inode.isMount()) { // what is below a mount is not known here
                throw walk.notFound(path);
            }
            List<QuotaStatus> found = new ArrayList<>();
            for (long quota : inode.charge().below()) {
                QuotaStatus status = status(tables, quota);
                if (status != null) {
                    found.add(status);
                }
            }
            return found;
        }));
    }

    private static @Nullable QuotaStatus status(Tables tables, long id) {
        Quota quota = tables.charging().quota(id);
        Inode directory = quota == null ? null : tables.inode(quota.directory());
        if (quota == null || directory == null) {
            return null;
        }
        Amount used = Charging.used(tables.charging().shares(tables.partitions(), id));
        return new QuotaStatus(
                LayoutStep.pathOf(tables, directory),
                shown(quota.limits().bytes()),
                shown(quota.limits().entries()),
                used.bytes(),
                used.entries(),
                QuotaState.valueOf(quota.state().name()));
    }

    private static @Nullable Long shown(long limit) {
        return limit >= Amount.ANY ? null : limit;
    }

    @Override
    public void set(GridPath directory, @Nullable Long bytes, @Nullable Long entries) {
        if (bytes == null && entries == null) {
            throw GridException.invalid("a quota limits bytes, entries, or both: " + directory);
        }
        Amount named = new Amount(limit("bytes", bytes), limit("entries", entries));
        refuseFixed(directory);
        Runner.untilFresh(() -> {
            long id = walk.requireDirectory(directory);
            return runner.change(id, QuotaStep.set(id, directory.toString(), ids.fileIn(id), named));
        });
    }

    @Override
    public void clear(GridPath directory) {
        refuseFixed(directory);
        Runner.untilFresh(() -> {
            long id = walk.requireDirectory(directory);
            return runner.change(id, QuotaStep.clear(id, directory.toString()));
        });
    }

    private static long limit(String of, @Nullable Long limit) {
        if (limit == null) {
            return QuotaStep.AS_IT_IS;
        }
        if (limit == QuotaChange.NO_LIMIT) {
            return Amount.ANY;
        }
        if (limit < 1 || limit >= Amount.ANY) {
            throw GridException.invalid("bad quota of " + of + ": " + limit + ", expected 1 to " + (Amount.ANY - 1));
        }
        return limit;
    }

    private static void refuseFixed(GridPath directory) {
        boolean isForAll = directory.isRoot();
        if (!isForAll && (Staged.isFixed(directory) || Staged.isBelow(directory))) {
            throw Problems.invalid(
                    "no quota for " + directory + ": what is staged counts for where it is going",
                    directory.toString());
        }
    }
}
