package io.swarmgrid.client.wire;

import java.util.List;

/** A block of a file and who has it; {@code offset} is its place in the file. */
public record BlockLocation(
        String blockId, long offset, long sizeBytes, long epoch, int replicas, List<Holder> holders) {
    public BlockLocation {
        holders = List.copyOf(holders);
    }
}
