package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.namespace.Concatenation;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.Keeping;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.PutOptions;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** Has files joined, with as many copies of their blocks as the target is to have. */
final class Joining {
    private final Runner runner;
    private final PathWalk walk;
    private final Ids ids;
    private final Clock clock;

    Joining(Runner runner, PathWalk walk, Ids ids, Clock clock) {
        this.runner = runner;
        this.walk = walk;
        this.ids = ids;
        this.clock = clock;
    }

    /** What opens a put that goes into a file. */
    record Opening(OpenFile file, BeginStep step) {}

    /** Opens a put in the partition of a file, which is stored like that. */
    Opening opening(FileLayout target, Lease lease) {
        FileStatus status = target.status();
        Inode beside = runner.look(tables -> tables.inode(status.id()));
        if (beside == null) {
            throw new GridException(ErrorCode.CONFLICT, "removed meanwhile: " + status.path());
        }
        GridPath path = GridPath.parse(status.path());
        Inode.Storing storing = beside.storing();
        PutOptions options = PutOptions.create(status.owner()).placement(storing.spread());
        long id = ids.fileIn(status.id());
        OpenFile file = new OpenFile(id, path, options, lease.epoch(), storing.replicas(), storing.durability());
        Inode inode = new Inode(
                EntryKind.FILE,
                new Inode.Link(0, path.name()),
                Inode.Revision.first(clock.millis()),
                beside.rights(),
                storing,
                Keeping.of(beside.attributes()).in(Map.of()),
                Inode.Content.hidden(lease, List.of()),
                Charge.NONE.to(beside.charge().quotas()));
        return new Opening(file, new BeginStep(id, inode, clock.millis()));
    }

    /** @throws GridException CONFLICT where a file has changed since it was looked at */
    FileStatus join(Concatenation order) {
        int replicas = order.target().status().replicas();
        Keeping keeping = Keeping.of(order.target().status().attributes());
        try {
            // Before, so that nothing of the target ever has fewer copies than it says; the other way round can wait.
            for (FileLayout source : order.sources()) {
                if (!source.blocks().isEmpty() && source.status().replicas() < replicas) {
                    replicate(source.status(), replicas);
                }
            }
            FileStatus joined = joinNow(order);
            if (order.sources().stream()
                    .anyMatch(
                            source -> !Keeping.of(source.status().attributes()).equals(keeping))) {
                joined = inSteps(joined, (file, from) -> KeepStep.near(file.id(), file.path(), keeping, from));
            }
            return order.sources().stream().anyMatch(source -> source.status().replicas() > replicas)
                    ? replicate(joined, replicas)
                    : joined;
        } catch (StaleException e) {
            throw new GridException(ErrorCode.CONFLICT, "changed meanwhile: " + e.getMessage(), e);
        }
    }

    private FileStatus joinNow(Concatenation order) {
        String operation = order.operation() == null
                ? "join:" + Long.toHexString(ids.token()) + Long.toHexString(ids.token())
                : order.operation().value();
        List<ConcatStep.Part> sources = order.sources().stream().map(this::part).toList();
        ConcatStep step = new ConcatStep(part(order.target()), sources, order, operation, clock.millis());
        return Outcome.decode(runner.change(order.target().status().id(), step)).entry();
    }

    private ConcatStep.Part part(FileLayout file) {
        FileStatus status = file.status();
        return new ConcatStep.Part(walk.requirePlace(GridPath.parse(status.path())), status.id(), status.version());
    }

    private FileStatus replicate(FileStatus file, int replicas) {
        return inSteps(file, (each, from) -> KeepStep.replicas(each.id(), each.path(), replicas, from));
    }

    private interface Keep {
        KeepStep of(FileStatus file, int from);
    }

    private FileStatus inSteps(FileStatus file, Keep keep) {
        KeepStep.Done done = new KeepStep.Done(file, 0);
        do {
            done = KeepStep.decode(runner.change(file.id(), keep.of(file, done.next())));
        } while (done.next() > 0);
        return done.status();
    }
}
