package io.swarmgrid.storage.file;

import java.util.concurrent.atomic.AtomicInteger;

/** Turns of readers, one after the other, and where nodes come in each. Thread-safe. */
final class Turns {
    private static final int FIRST = 0x85ebca6b;
    private static final int SECOND = 0xc2b2ae35;

    private final AtomicInteger counter = new AtomicInteger();

    int next() {
        return counter.getAndIncrement();
    }

    /**
     * Where a node comes in a turn, the lowest first. Neighbouring turns have nothing to do with each other (the finalizer of MurmurHash3,
     * Appleby, 2011): who always opens two files, one after the other, would always have one of them from the same node otherwise.
     */
    static int place(int turn, String node) {
        int mixed = turn * FIRST ^ node.hashCode();
        mixed = (mixed ^ (mixed >>> 16)) * FIRST;
        mixed = (mixed ^ (mixed >>> 13)) * SECOND;
        return mixed ^ (mixed >>> 16);
    }
}
