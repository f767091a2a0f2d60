package io.swarmgrid.storage.repair;

/**
 * What was checked since the node started.
 *
 * @param bad copies that were given up and put aside
 * @param lost bad copies that stay, since no other live one is left; counted by every pass
 */
public record ScrubCounts(long blocks, long bytes, long bad, long lost) {}
