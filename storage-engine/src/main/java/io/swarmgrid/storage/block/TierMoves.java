package io.swarmgrid.storage.block;

/**
 * Blocks that moved into lower tiers.
 *
 * @param blocks how many did since the store was opened
 * @param stuckBlocks how many are to, and find no room below
 */
public record TierMoves(long blocks, long bytes, long stuckBlocks) {
    static final TierMoves NONE = new TierMoves(0, 0, 0);
}
