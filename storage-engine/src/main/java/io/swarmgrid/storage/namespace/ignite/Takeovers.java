package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.config.Durability;
import io.swarmgrid.storage.namespace.OpenFile;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.Resumed;
import io.swarmgrid.storage.namespace.WriterId;
import io.swarmgrid.storage.namespace.Writerless;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Open files that pass from one lease to the next: to their writers, through another node, or to their keepers. Thread-safe. */
final class Takeovers {
    private final Runner runner;
    private final Ids ids;
    private final Clock clock;
    private final Durability durability;
    private final Supplier<Lease> leases;
    private final OpenFiles openFiles;

    /**
     * On one node.
     *
     * @param durability of files that do not say
     * @param leases a first lease for a writer on this node
     */
    Takeovers(Runner runner, Ids ids, Clock clock, Durability durability, Supplier<Lease> leases, OpenFiles openFiles) {
        this.runner = runner;
        this.ids = ids;
        this.clock = clock;
        this.durability = durability;
        this.leases = leases;
        this.openFiles = openFiles;
    }

    /** Whoever wrote the file before, and does not know that it is closed or somebody else's, stays fenced. */
    Lease freshLease() {
        Lease lease = leases.get();
        return new Lease(lease.node(), lease.run(), ids.token() >>> 1);
    }

    /** To its writer. */
    Resumed resume(long fileId, WriterId writer) {
        List<OpenFile> before = openFiles.leasesOf(fileId);
        Lease lease = freshLease();
        ResumeStep step = new ResumeStep(fileId, writer, lease, clock.millis());
        // Counted before it is known what it is called: where that is refused nobody has a lease of it.
        OpenFile counted =
                new OpenFile(fileId, GridPath.ROOT, PutOptions.create(""), lease.epoch(), 0, durability, true);
        byte[] answer = Runner.untilFresh(() -> openFiles.open(counted, fileId, step));
        boolean known = false;
        try {
            Resumed resumed = ResumeStep.decode(answer, fileId);
            known = true;
            if (resumed.open() == null) {
                openFiles.remove(counted);
            } else {
                before.forEach(openFiles::remove);
            }
            return resumed;
        } finally {
            if (!known) {
                openFiles.abandon(counted); // damaged: its keeper closes it
            }
        }
    }

    /** From whoever writes it, who may not go on. */
    @Nullable
    Writerless forGood(long fileId) {
        return takeOver(fileId, TakeOverStep.forGood(fileId, leases.get(), clock.millis()));
    }

    /** From a writer who was lost with that lease. */
    @Nullable
    Writerless lost(long fileId, long leaseEpoch) {
        return takeOver(fileId, TakeOverStep.lost(fileId, leases.get(), leaseEpoch, clock.millis()));
    }

    private @Nullable Writerless takeOver(long fileId, TakeOverStep step) {
        List<OpenFile> before = openFiles.leasesOf(fileId);
        Writerless taken = TakeOverStep.decode(runner.change(fileId, step), fileId);
        if (taken != null) {
            before.forEach(openFiles::remove);
            boolean counted = false;
            try {
                openFiles.add(taken.file());
                counted = true;
            } finally {
                if (!counted) {
                    openFiles.abandon(taken.file());
                }
            }
        }
        return taken;
    }
}
