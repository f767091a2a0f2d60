package io.swarmgrid.storage.block;

import io.swarmgrid.config.Durability;

/** A block that is to be written. */
record WriteOrder(BlockId id, long epoch, WayHome home, Durability durability, long reserveBytes) {}
