package io.swarmgrid.node.bench;

/**
 * How much {@code swarm bench storage} measures.
 *
 * @param fileBytes of the file that is written and read
 * @param randomReads of all threads in one round
 * @param files small files in one round
 * @param repairBytes stored in two copies on three nodes before one of them is lost
 * @param repairRounds each with a grid of its own
 * @param memoryBytes written and read while a node's memory is watched
 */
record StorageScale(
        int rounds, long fileBytes, int randomReads, int files, long repairBytes, int repairRounds, long memoryBytes) {
    static final StorageScale FULL = new StorageScale(5, 1_000L << 20, 8_000, 10_000, 2_000L << 20, 3, 8_000L << 20);
    static final StorageScale QUICK = new StorageScale(3, 256L << 20, 1_000, 800, 512L << 20, 1, 1_000L << 20);

    StorageScale withRounds(int other) {
        return new StorageScale(
                other, fileBytes, randomReads, files, repairBytes, Math.min(other, repairRounds), memoryBytes);
    }
}
