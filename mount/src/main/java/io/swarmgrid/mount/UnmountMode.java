package io.swarmgrid.mount;

/** What an unmount does where somebody uses the directory. */
public enum UnmountMode {
    /** Refuses. */
    UNLESS_IN_USE,
    /** Takes it away from all names, and ends it when nobody has anything open in it. */
    EVEN_IF_IN_USE
}
