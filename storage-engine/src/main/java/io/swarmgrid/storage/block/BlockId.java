package io.swarmgrid.storage.block;

/** The identity of a block: a positive number never given twice in a grid. */
public record BlockId(long value) implements Comparable<BlockId> {
    public BlockId {
        if (value <= 0) {
            throw new IllegalArgumentException("bad block id: " + value);
        }
    }

    /** Parses what {@link #toString} printed. */
    public static BlockId parse(String hex) {
        return new BlockId(Long.parseLong(hex, 16));
    }

    @Override
    public int compareTo(BlockId other) {
        return Long.compare(value, other.value);
    }

    /** Sixteen hexadecimal digits, as in the name of the block file. */
    @Override
    public String toString() {
        return String.format("%016x", value);
    }
}
