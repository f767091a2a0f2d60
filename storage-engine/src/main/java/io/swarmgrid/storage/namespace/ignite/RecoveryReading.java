package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.journal.NameRecord;
import io.swarmgrid.storage.journal.NamesJournal.Place;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteException;
import org.apache.ignite.cluster.ClusterNode;

/** Reads what the nodes that are up have on their disks, page by page. Confined to one thread. */
final class RecoveryReading {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Ignite ignite;

    RecoveryReading(Ignite ignite) {
        this.ignite = ignite;
    }

    List<ClusterNode> nodes() {
        return List.copyOf(ignite.cluster().forServers().nodes());
    }

    /** @return stretches of the journal that could not be read */
    int names(ClusterNode node, Consumer<NameRecord> each) {
        int damaged = 0;
        for (Place at = Place.START; at != null; ) {
            RecoveryShare.Names page = RecoveryShare.decodeNames(ask(node, RecoveryStep.names(at)));
            page.records().forEach(each);
            damaged += page.damaged();
            at = page.next();
        }
        return damaged;
    }

    /** @return how many there are */
    long blocks(ClusterNode node, Consumer<FoundBlock> each) {
        long blocks = 0;
        BlockId last = null;
        do {
            byte[] page = ask(node, RecoveryStep.blocks(last == null ? 0 : last.value()));
            List<FoundBlock> found = RecoveryShare.decodeBlocks(page);
            found.forEach(each);
            blocks += found.size();
            last = RecoveryShare.last(found);
        } while (last != null);
        return blocks;
    }

    private byte[] ask(ClusterNode node, RecoveryStep step) {
        try {
            return Step.open(ignite.compute(ignite.cluster().forNode(node))
                    .withTimeout(PATIENCE.toMillis())
                    .call(step));
        } catch (IgniteException e) {
            throw new GridException(
                    ErrorCode.UNAVAILABLE,
                    "node " + name(node) + " does not say what it has: " + e.getMessage(),
                    null,
                    "see that it is up, and run it again",
                    e);
        }
    }

    static String name(ClusterNode node) {
        return node.consistentId().toString();
    }
}
