package io.swarmgrid.storage.repair;

import io.swarmgrid.storage.namespace.BlockRecord;
import java.util.List;

/**
 * What is wrong with one block, and what is to be done about it.
 *
 * @param live how many durable live copies it has
 * @param lacking how many of those it has too few
 * @param surplus how many of those it has too many
 * @param fetchers names of nodes that are to make a copy, now
 * @param urgency of those copies
 * @param leavers names of holders whose copy is to be given up, those no longer needed first
 * @param keep how many durable copies on live nodes must be left when one is given up
 */
record Assessment(
        BlockRecord block,
        int live,
        int lacking,
        int surplus,
        List<String> fetchers,
        Urgency urgency,
        List<String> leavers,
        int keep) {
    boolean unavailable() {
        return live == 0;
    }

    boolean isFine() {
        return lacking == 0 && surplus == 0 && fetchers.isEmpty() && leavers.isEmpty();
    }

    /** How many bytes are still to be copied before nothing is lacking, as far as there are nodes that could take them. */
    long lackingBytes(int takers) {
        return Math.min(lacking, takers) * block.lengthBytes();
    }
}
