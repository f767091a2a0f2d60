package io.swarmgrid.config;

/** What a tier is made of, fastest first. */
public enum Medium {
    /** A memory file system such as tmpfs; gone after a reboot. */
    MEM,
    SSD,
    HDD
}
