package io.swarmgrid.storage.replica;

/** How far the flushes of one block have come, on a node and on those behind it. Guarded by whoever has it. */
final class Flushes {
    private long asked = -1;
    private long here = -1;
    private long behind = -1;
    private long answered = -1;

    void ask(long offset) {
        asked = offset;
        // The same place may be flushed once more, to get on the device.
        here = Math.min(here, offset - 1);
        behind = Math.min(behind, offset - 1);
        answered = Math.min(answered, offset - 1);
    }

    void here(long offset) {
        here = offset;
    }

    void behind(long offset) {
        behind = offset;
    }

    boolean waitsForThoseBehind() {
        return behind < asked;
    }

    /** What can be answered now and was not answered yet; negative where nothing can. */
    long take(boolean last) {
        if (asked < 0 || here < asked || answered >= asked || (!last && behind < asked)) {
            return -1;
        }
        answered = asked;
        return asked;
    }
}
