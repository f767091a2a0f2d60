package io.swarmgrid.client.wire;

/**
 * The evening-out of disks that an operator asked for.
 *
 * @param running whether it is under way
 * @param thresholdPercent how far apart two nodes may be in the part of their room that is taken
 * @param fullestPercent what is taken of the fullest node's room
 * @param emptiestPercent what is taken of the emptiest node's room
 */
public record BalanceStatus(boolean running, int thresholdPercent, double fullestPercent, double emptiestPercent) {}
