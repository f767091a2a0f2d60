package io.swarmgrid.node.bench;

/**
 * How much is measured.
 *
 * @param tableCopies how often the flights (139 MB in memory) are in the table that is read
 * @param writeBytes of one round of the write benchmark
 * @param files of one round of the small-file benchmark
 * @param entries of the large directory
 */
record Scale(int rounds, int tableCopies, long writeBytes, int files, int entries) {
    static final Scale FULL = new Scale(5, 6, 1_000L << 20, 8_000, 1_000_000);
    static final Scale QUICK = new Scale(3, 2, 256L << 20, 1_600, 50_000);

    Scale withRounds(int other) {
        return new Scale(other, tableCopies, writeBytes, files, entries);
    }
}
