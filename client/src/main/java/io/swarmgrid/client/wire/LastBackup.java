package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The last backup of the metadata that was made and is whole.
 *
 * @param directory where it lies; null for the nodes' own data directories
 */
public record LastBackup(String name, @Nullable String directory, long createdMs) {}
