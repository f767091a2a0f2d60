package io.swarmgrid.node.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One file on its way into the grid.
 *
 * @param source null for standard input
 * @param sizeBytes as it was when it was looked at; negative where that is not known
 */
record PutItem(@Nullable Path source, String target, long sizeBytes) {}
