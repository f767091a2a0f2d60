package io.swarmgrid.storage.namespace.ignite;

import java.util.ArrayList;
import java.util.List;

/**
 * What an inode counts for. An entry counts for the quotas of the directories above it, the outermost first; a directory with a quota
 * does not count for that itself.
 *
 * @param quotas what it is to count for; in the record of the inode, what it has been counted for
 * @param counted with how much it has been
 * @param reservedBytes how far the blocks reach that the writer of an open file may fill
 * @param settling a number of whoever is counting what is below a directory anew; 0 for nobody: then all of that counts for the quotas that
 *     the directory's guard names
 * @param own the quota that a directory has itself; 0 for none
 * @param limits of that
 */
record Charge(List<Long> quotas, Amount counted, long reservedBytes, long settling, long own, Amount limits) {
    static final Charge NONE = new Charge(List.of(), Amount.ZERO, 0, 0, 0, Amount.ZERO);

    private static final int SETTLING = 1;
    private static final int OWN = 2;

    Charge {
        quotas = List.copyOf(quotas);
    }

    /** Whether it says nothing, and takes no room in a record. */
    boolean isNone() {
        return !counts() && reservedBytes == 0 && settling == 0 && own == 0;
    }

    /** Whether it is, or was, counted for any quota. */
    boolean counts() {
        return !quotas.isEmpty() || !counted.isZero();
    }

    Charge to(List<Long> next) {
        return next.equals(quotas) ? this : new Charge(next, counted, reservedBytes, settling, own, limits);
    }

    /** Of an open file; also where it counts for nothing: it may come to, and what is written then has its place already. */
    Charge reserving(long bytes) {
        return new Charge(quotas, counted, Math.max(reservedBytes, bytes), settling, own, limits);
    }

    Charge settling(long by) {
        return new Charge(quotas, counted, reservedBytes, by, own, limits);
    }

    Charge owning(long quota, Amount limiting) {
        return new Charge(quotas, counted, reservedBytes, settling, quota, limiting);
    }

    /** What counts for an inode as it is to be stored. */
    Charge counting(Inode inode) {
        long reserved = inode.content().lease() == null ? 0 : reservedBytes;
        return new Charge(
                quotas, quotas.isEmpty() ? Amount.ZERO : amount(inode, reserved), reserved, settling, own, limits);
    }

    /** The quotas that entries of the directory count for. */
    List<Long> below() {
        if (own == 0) {
            return quotas;
        }
        List<Long> all = new ArrayList<>(quotas);
        all.add(own);
        return List.copyOf(all);
    }

    /** Logical bytes, not times their copies. What nobody sees yet is no entry; what was given to another file is nothing. */
    private static Amount amount(Inode inode, long reserved) {
        if (!inode.isFile()) {
            return new Amount(0, 1);
        }
        Inode.Content content = inode.content();
        Lease lease = content.lease();
        if (lease != null && lease.isGiven()) {
            return Amount.ZERO;
        }
        boolean holds = content.isVisible() || !content.blocks().isEmpty();
        return new Amount(holds ? Math.max(content.lengthBytes(), reserved) : 0, content.isVisible() ? 1 : 0);
    }

    void encode(RecordWriter out) {
        out.count(quotas.size());
        quotas.forEach(out::fixed);
        counted.encode(out);
        out.count(reservedBytes).octet((settling == 0 ? 0 : SETTLING) | (own == 0 ? 0 : OWN));
        if (settling != 0) {
            out.fixed(settling);
        }
        if (own != 0) {
            limits.encode(out.fixed(own));
        }
    }

    static Charge decode(RecordReader in) {
        int count = in.size();
        List<Long> quotas = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            quotas.add(in.fixed());
        }
        Amount counted = Amount.decode(in);
        long reserved = in.count();
        int says = in.octet();
        long settling = (says & SETTLING) == 0 ? 0 : in.fixed();
        long own = (says & OWN) == 0 ? 0 : in.fixed();
        return new Charge(quotas, counted, reserved, settling, own, own == 0 ? Amount.ZERO : Amount.decode(in));
    }
}
