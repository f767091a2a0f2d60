package io.swarmgrid.storage.namespace.ignite;

import java.util.ArrayList;
import java.util.List;

/**
 * The guard of a directory: there as long as something may be put into it. Whoever links a name reads it in the same
 * transaction, and whoever ends the directory takes it away.
 *
 * <p>To see that a directory is empty, or to take all that is in it, needs more: names are read through an index, which no
 * transaction checks. So such an operation first leaves its token here, reads the names, and goes through only if the
 * token is still there; whoever links a name meanwhile takes the token away.
 *
 * <p>Readers see the writes of a transaction one after the other, in the order in which it first touched the keys. A change of
 * what a directory holds that must be seen as a whole touches the guard first and the inode last, and puts one version
 * into both: who finds the same in both, the inode's read before the names and the guard's after them, saw it whole.
 *
 * @param staged whether the directory is unfinished work that was not published yet
 * @param token of the operation that reads the names; 0 for none
 * @param version of the directory
 * @param mounted whether an outer store is mounted there: then nothing may be put into it
 * @param quotas what entries of the directory count for, the outermost first: who links one learns it here, in the transaction
 */
record Guard(boolean staged, long token, long version, boolean mounted, List<Long> quotas) {
    static final Guard OPEN = new Guard(false, 0, 1);
    static final Guard STAGED = new Guard(true, 0, 1);

    /** Of a directory as its inode has it. */
    static Guard of(Inode directory, boolean staged) {
        return new Guard(
                staged,
                0,
                directory.revision().version(),
                directory.isMount(),
                directory.charge().below());
    }

    Guard {
        quotas = List.copyOf(quotas);
    }

    Guard(boolean staged, long token, long version) {
        this(staged, token, version, false, List.of());
    }

    Guard held(long by) {
        return new Guard(staged, by, version, mounted, quotas);
    }

    Guard released() {
        return new Guard(staged, 0, version, mounted, quotas);
    }

    /** Of a published directory of this version. */
    Guard published(long now) {
        return new Guard(false, 0, now, false, quotas);
    }

    Guard counting(List<Long> next) {
        return new Guard(staged, token, version, mounted, next);
    }

    byte[] encode() {
        RecordWriter out = new RecordWriter(16).flag(staged).fixed(token).count(version);
        if (mounted || !quotas.isEmpty()) {
            out.flag(mounted);
        }
        if (!quotas.isEmpty()) {
            out.count(quotas.size());
            quotas.forEach(out::fixed);
        }
        return out.done();
    }

    static Guard decode(byte[] bytes) {
        RecordReader in = new RecordReader(bytes);
        boolean staged = in.flag();
        long token = in.fixed();
        long version = in.count();
        boolean mounted = in.hasMore() && in.flag();
        List<Long> quotas = new ArrayList<>();
        for (int left = in.hasMore() ? in.size() : 0; left > 0; left--) {
            quotas.add(in.fixed());
        }
        return new Guard(staged, token, version, mounted, quotas);
    }
}
