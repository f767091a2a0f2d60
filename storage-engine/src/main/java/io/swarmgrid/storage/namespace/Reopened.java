package io.swarmgrid.storage.namespace;

/**
 * A closed file that was opened for writing again.
 *
 * @param file the right to write it
 * @param layout what is there of it, which readers go on seeing
 */
public record Reopened(OpenFile file, FileLayout layout) {}
