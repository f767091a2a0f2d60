package io.swarmgrid.config;

/** What an acknowledged write survives, from the least to the most. */
public enum Durability {
    /** The loss of some replicas, held in memory, but no restart of them all. */
    MEMORY,
    /** The death of the process: the bytes are with the operating system. */
    PROCESS,
    /** The loss of power: the bytes are on the device. */
    POWER
}
