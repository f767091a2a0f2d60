package io.swarmgrid.storage.namespace.ignite;

/**
 * Gives a directory a quota, changes that, or takes it away. Runs where the directory is. What is in a directory that had none is counted
 * afterwards, see {@link QuotaWalk}; what comes from now on counts at once, since the guard says so to whoever links it.
 */
final class QuotaStep extends ChangeStep {
    private static final long serialVersionUID = 1L;
    /** For a limit that stays what it is. */
    static final long AS_IT_IS = -1;

    private static final int UNKNOWN = -1;

    private final long directoryId;
    private final String path;
    private final long newId;
    private final long bytes;
    private final long entries;
    private transient int nested = UNKNOWN;

    private QuotaStep(long directoryId, String path, long newId, Amount named) {
        super(null);
        this.directoryId = directoryId;
        this.path = path;
        this.newId = newId;
        this.bytes = named.bytes();
        this.entries = named.entries();
    }

    /**
     * Where no limit is left it takes the quota away.
     *
     * @param newId in the partition of the directory, for the quota of one that has none
     * @param named with {@link #AS_IT_IS} for what stays
     */
    static QuotaStep set(long directoryId, String path, long newId, Amount named) {
        return new QuotaStep(directoryId, path, newId, named);
    }

    static QuotaStep clear(long directoryId, String path) {
        return new QuotaStep(directoryId, path, 0, Quota.NO_LIMITS);
    }

    @Override
    byte[] run(Tables tables) {
        Inode inode = tables.inode(directoryId);
        boolean isNew = newId != 0 && inode != null && inode.charge().own() == 0;
        nested = isNew ? NestedQuotas.below(tables, directoryId) : UNKNOWN;
        return super.run(tables);
    }

    @Override
    byte[] change(Tables tables) {
        Inode inode = tables.inode(directoryId);
        Guard guard = tables.guard(directoryId);
        if (inode == null || guard == null) {
            throw new StaleException("removed meanwhile: " + path);
        }
        if (guard.mounted() && newId != 0) {
            throw Problems.isMount(path);
        }
        Charging charging = tables.charging();
        long own = inode.charge().own();
        Quota before = own == 0 ? null : charging.quota(own);
        Amount limits = limits(inode.charge());
        if (limits.equals(Quota.NO_LIMITS)) {
            if (own != 0) {
                become(
                        tables,
                        inode,
                        guard,
                        inode.charge().owning(0, Amount.ZERO).settling(own));
                charging.clear(own);
            }
        } else if (before == null) {
            requireFew(own, guard);
            tables.requireRoom();
            become(tables, inode, guard, inode.charge().owning(newId, limits).settling(newId));
            charging.quota(newId, Quota.counting(directoryId, limits));
        } else {
            tables.inode(directoryId, inode.charged(inode.charge().owning(own, limits)));
            limit(tables, own, before.limited(limits));
        }
        return new byte[0];
    }

    /** Inode, guard, quota: whatever is cut off then, the inode says what is to be. */
    private void become(Tables tables, Inode inode, Guard guard, Charge charge) {
        tables.inode(directoryId, inode.charged(charge));
        tables.guard(directoryId, guard.counting(charge.below()));
    }

    private Amount limits(Charge charge) {
        Amount before = charge.own() == 0 ? Quota.NO_LIMITS : charge.limits();
        return new Amount(bytes == AS_IT_IS ? before.bytes() : bytes, entries == AS_IT_IS ? before.entries() : entries);
    }

    private void requireFew(long own, Guard guard) {
        if (own != 0) {
            return; // the inode says that there is one, which was lost: it is given again
        }
        if (nested == UNKNOWN) {
            throw new StaleException("its quota was taken away meanwhile: " + path);
        }
        NestedQuotas.require(guard.quotas().size() + 1 + nested, path, "take one of those above it, or below it, away");
    }

    /** What shares may use beyond what they do is not theirs any more: it may be too much by now. */
    private static void limit(Tables tables, long own, Quota now) {
        Charging charging = tables.charging();
        AllowanceStep.gather(charging, own, now, charging.shares(tables.partitions(), own));
    }
}
