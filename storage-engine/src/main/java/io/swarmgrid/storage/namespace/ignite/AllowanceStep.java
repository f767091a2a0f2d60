package io.swarmgrid.storage.namespace.ignite;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Has the share of a quota in one partition allow more. Runs on the primary of the quota. Mostly from what nobody may use yet; where that
 * does not do, from what the other shares do not use, which takes a look at all of them.
 */
final class AllowanceStep extends Step {
    private static final long serialVersionUID = 1L;
    /** Of what is left a share gets so much at once, so that it asks seldom, and others find something, too. */
    private static final int SHARE = 16;

    private final long quota;
    private final int partition;
    private final long lackingBytes;
    private final long lackingEntries;
    private final long wantedBytes;
    private final long wantedEntries;

    AllowanceStep(QuotaShort why) {
        this.quota = why.quota();
        this.partition = why.partition();
        this.lackingBytes = why.lacking().bytes();
        this.lackingEntries = why.lacking().entries();
        this.wantedBytes = why.wanted().bytes();
        this.wantedEntries = why.wanted().entries();
    }

    /**
     * What came of it.
     *
     * @param used of the whole quota, where it does not allow that
     */
    record Answer(boolean allowed, Amount used, Amount limits, String path) {
        static final Answer ALLOWED = new Answer(true, Amount.ZERO, Amount.ZERO, "");

        static Answer refused(QuotaLooks.State state) {
            return new Answer(false, state.used(), state.limits(), "");
        }

        Answer at(String where) {
            return new Answer(allowed, used, limits, where);
        }

        byte[] encode() {
            RecordWriter out = new RecordWriter(64).flag(allowed);
            used.encode(out);
            limits.encode(out);
            return out.text(path).done();
        }

        static Answer decode(byte[] bytes) {
            RecordReader in = new RecordReader(bytes);
            return new Answer(in.flag(), Amount.decode(in), Amount.decode(in), in.text());
        }
    }

    @Override
    byte[] run(Tables tables) {
        if (tables.changeFiles(() -> quick(tables))) {
            return Answer.ALLOWED.encode();
        }
        Answer answer = tables.charging()
                .looks()
                .ask(quota, wanted(), () -> state(tables), () -> tables.changeFiles(() -> thorough(tables)));
        return answer.allowed() ? answer.encode() : answer.at(path(tables)).encode();
    }

    private QuotaLooks.@Nullable State state(Tables tables) {
        Charging charging = tables.charging();
        Quota row = charging.quota(quota);
        return row == null
                ? null
                : new QuotaLooks.State(Charging.used(charging.shares(tables.partitions(), quota)), row.limits());
    }

    private String path(Tables tables) {
        Quota row = tables.charging().quota(quota);
        Inode directory = row == null ? null : tables.inode(row.directory());
        return directory == null ? "" : LayoutStep.pathOf(tables, directory);
    }

    private Amount lacking() {
        return new Amount(lackingBytes, lackingEntries);
    }

    private Amount wanted() {
        return new Amount(wantedBytes, wantedEntries);
    }

    /** @return whether that does */
    private boolean quick(Tables tables) {
        Charging charging = tables.charging();
        Quota row = charging.quota(quota);
        if (row == null) {
            unlimited(charging);
            return true;
        }
        if (row.unsure()) {
            return false;
        }
        Amount more = lacking().generous(row.limits().minus(row.granted()), SHARE);
        if (!more.fits(row.granted(), row.limits())) {
            return false;
        }
        charging.quota(quota, row.granted(row.granted().plus(more)));
        allow(charging, more);
        return true;
    }

    private void allow(Charging charging, Amount more) {
        QuotaKey key = QuotaKey.share(partition, quota);
        Allowance share = charging.share(key);
        Allowance before = share == null ? Allowance.NONE : share;
        charging.share(key, before.allowing(before.allowed().plus(more), before.tight()));
    }

    /** What is left of a directory that was removed still names a quota that is no more. */
    private void unlimited(Charging charging) {
        charging.share(
                QuotaKey.share(partition, quota), Allowance.NONE.allowing(new Amount(Amount.ANY, Amount.ANY), false));
    }

    private Answer thorough(Tables tables) {
        Charging charging = tables.charging();
        Quota row = charging.quota(quota);
        if (row == null) {
            unlimited(charging);
            return Answer.ALLOWED;
        }
        Map<QuotaKey, Allowance> shares = charging.shares(tables.partitions(), quota);
        Amount used = Charging.used(shares);
        // Beyond what the shares use: what they may use besides is taken from them, from this one as well.
        if (!wanted().fits(used, row.limits())) {
            return Answer.refused(new QuotaLooks.State(used, row.limits()));
        }
        gather(charging, quota, row, shares);
        Amount more = wanted().generous(row.limits().minus(used), SHARE);
        allow(charging, more);
        Quota now = charging.quota(quota);
        charging.quota(quota, (now == null ? row : now).granted(used.plus(more)));
        return Answer.ALLOWED;
    }

    /** Leaves every share what it uses, and no more. */
    static void gather(Charging charging, long quota, Quota row, Map<QuotaKey, Allowance> shares) {
        Amount used = Charging.used(shares);
        boolean tight = !used.isWithin(row.limits());
        shares.forEach((key, share) -> {
            if (!share.used().equals(share.allowed()) || share.tight() != tight) {
                charging.share(key, share.allowing(share.used(), tight));
            }
        });
        charging.quota(quota, row.granted(used));
    }
}
