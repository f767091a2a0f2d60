package io.swarmgrid.mount.fuse;

/**
 * An entry that the kernel was told of, which counts as one look-up of its node.
 *
 * @param node what it is called from then on, until it is forgotten
 */
public record Entry(long node, Attributes attributes) {}
