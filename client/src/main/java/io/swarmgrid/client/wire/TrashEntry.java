package io.swarmgrid.client.wire;

/**
 * What was removed, or replaced, and is not taken back yet.
 *
 * @param entry as it was; its path is where it was
 * @param removedMs milliseconds since the epoch
 * @param untilMs when it is taken back
 */
public record TrashEntry(FileStatus entry, long removedMs, long untilMs) {}
