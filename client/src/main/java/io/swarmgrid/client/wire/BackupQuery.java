package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * The request of {@code grid.backups}.
 *
 * @param directory the same absolute path on every node; null for where the configuration says
 */
public record BackupQuery(@Nullable String directory) {}
