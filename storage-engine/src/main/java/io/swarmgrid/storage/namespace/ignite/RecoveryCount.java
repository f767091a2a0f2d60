package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.wire.RecoverResult.Counts;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.ignite.RecoveryFacts.Head;

/** Adds up a plan. Confined to one thread. */
final class RecoveryCount {
    private final RecoveryFacts facts;
    private final RecoveryPlan plan;
    private long files;
    private long directories;
    private long sizeBytes;
    private long broken;
    private long missing;

    RecoveryCount(RecoveryFacts facts, RecoveryPlan plan) {
        this.facts = facts;
        this.plan = plan;
    }

    Counts counts() {
        for (long id : plan.placed().keySet()) {
            Head head = facts.head(id);
            if (head != null && !head.open()) {
                count(id, head);
            }
        }
        plan.made().forEach(made -> {
            if (made.inode().isFile()) {
                files++;
                sizeBytes += made.inode().content().lengthBytes();
            } else {
                directories++;
            }
        });
        return new Counts(
                files,
                directories,
                sizeBytes,
                files - broken,
                broken,
                missing,
                plan.withoutRecord(),
                plan.unfinished(),
                plan.relocated(),
                plan.gone().size() - plan.unfinished(),
                plan.unusedCopies());
    }

    private void count(long id, Head head) {
        if (!head.isFile()) {
            directories++;
            return;
        }
        files++;
        sizeBytes += head.lengthBytes();
        if (facts.isLeft(id)) {
            return; // what it lacked before is nothing of this
        }
        long lacking = 0;
        for (BlockRecord block : head.blocks()) {
            lacking += facts.held(block).holders().isEmpty() ? 1 : 0;
        }
        missing += lacking;
        broken += lacking > 0 ? 1 : 0;
    }
}
