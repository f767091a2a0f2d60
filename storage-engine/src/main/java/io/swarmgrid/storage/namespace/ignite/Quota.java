package io.swarmgrid.storage.namespace.ignite;

/**
 * The quota of a directory. It lies with that, and has an identity of its own: what was counted for one that is no more is not taken for
 * counted where the directory gets another one.
 *
 * @param directory whose it is
 * @param granted what the shares of all partitions may use; never less than they may
 * @param unsure whether {@code granted} has to be added up anew: a log that was cut off may have lost a part of it
 */
record Quota(long directory, Amount limits, Amount granted, State state, boolean unsure) {
    /** What is done about it. */
    enum State {
        ACTIVE(0),
        /** What was there before it, or came otherwise than by changes, is being counted. */
        COUNTING(1),
        /** It is no more; what counts for it is being told. */
        CLEARING(2);

        private final int code;

        State(int code) {
            this.code = code;
        }

        private static State of(int code) {
            for (State each : values()) {
                if (each.code == code) {
                    return each;
                }
            }
            throw Codes.unknown("state of a quota", code);
        }
    }

    static final Amount NO_LIMITS = new Amount(Amount.ANY, Amount.ANY);

    static Quota counting(long directory, Amount limits) {
        return new Quota(directory, limits, Amount.ZERO, State.COUNTING, true);
    }

    /** None of the directory: it stands for that what is below that is told what it counts for. */
    static Quota retelling(long directory) {
        return new Quota(directory, Amount.ZERO, Amount.ZERO, State.CLEARING, false);
    }

    /** Whether nothing ever counts for it. */
    boolean isRetelling() {
        return state == State.CLEARING && limits.isZero();
    }

    Quota clearing() {
        return new Quota(directory, NO_LIMITS, granted, State.CLEARING, true);
    }

    Quota granted(Amount now) {
        return new Quota(directory, limits, now, state, false);
    }

    Quota in(State next) {
        return new Quota(directory, limits, granted, next, unsure);
    }

    Quota limited(Amount to) {
        return new Quota(directory, to, granted, state, unsure);
    }

    Quota doubted() {
        return new Quota(directory, limits, granted, state, true);
    }

    byte[] encode() {
        RecordWriter out = new RecordWriter(48).fixed(directory);
        limits.encode(out);
        granted.encode(out);
        return out.octet(state.code).flag(unsure).done();
    }

    static Quota decode(byte[] bytes) {
        RecordReader in = new RecordReader(bytes);
        long directory = in.fixed();
        Amount limits = Amount.decode(in);
        Amount granted = Amount.decode(in);
        State state = State.of(in.octet());
        return new Quota(directory, limits, granted, state, in.flag());
    }
}
