package io.swarmgrid.client.wire;

/** How many entries {@code fs.empty_trash} gave up; what lay below them is not counted. */
public record TrashEmptied(long entries) {}
