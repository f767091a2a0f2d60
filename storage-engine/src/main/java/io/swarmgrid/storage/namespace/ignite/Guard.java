package io.swarmgrid.storage.namespace.ignite;

/**
 * The guard of a directory: there as long as something may be put into it. Whoever links a name reads it in the same
 * transaction, and whoever ends the directory takes it away.
 *
 * <p>To see that a directory is empty, or to take all that is in it, needs more: names are read through an index, which no
 * transaction checks. So such an operation first leaves its token here, reads the names, and goes through only if the
 * token is still there; whoever links a name meanwhile takes the token away.
 *
 * @param staged whether the directory is unfinished work that was not published yet
 * @param token of the operation that reads the names; 0 for none
 */
record Guard(boolean staged, long token) {
    static final Guard OPEN = new Guard(false, 0);
    static final Guard STAGED = new Guard(true, 0);

    Guard held(long by) {
        return new Guard(staged, by);
    }

    Guard released() {
        return new Guard(staged, 0);
    }

    byte[] encode() {
        return new RecordWriter(10).flag(staged).fixed(token).done();
    }

    static Guard decode(byte[] bytes) {
        RecordReader in = new RecordReader(bytes);
        boolean staged = in.flag();
        return new Guard(staged, in.fixed());
    }
}
