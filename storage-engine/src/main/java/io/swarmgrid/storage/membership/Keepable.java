package io.swarmgrid.storage.membership;

import io.swarmgrid.config.Medium;

/**
 * How much a node may keep near on what somebody asks for.
 *
 * @param mostBytes in all
 * @param leftBytes of that, what nothing is kept in yet
 */
public record Keepable(Medium medium, long mostBytes, long leftBytes) {}
