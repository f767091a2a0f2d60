package io.swarmgrid.storage.namespace.ignite;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of having what is in a directory count for what it is to count for: its guard is told first, then what is in it, page by page, and
 * then the directory counts as done. Who links something meanwhile finds in the guard what it counts for; what is counted already, by
 * whoever, is left as it is. So it may be begun again anywhere, and others may write as they like. Runs on the directory's primary.
 */
final class SettleStep extends ChangeStep {
    private static final long serialVersionUID = 1L;
    private static final int PAGE = 64;

    private final Part part;
    private final long directoryId;
    private final long token;
    /** Where the directory is the one that has the quota; else 0. */
    private final long quota;

    private final @Nullable String after;
    private transient List<NameIndex.Named> names = List.of();

    /** What is done. */
    enum Part {
        BEGIN,
        PAGE,
        END
    }

    /** @param token of whoever counts; he goes on only where nobody has begun after him */
    SettleStep(Part part, long directoryId, long token, long quota, @Nullable String after) {
        super(null);
        this.part = part;
        this.directoryId = directoryId;
        this.token = token;
        this.quota = quota;
        this.after = after;
    }

    /**
     * What came of it.
     *
     * @param goesOn whether the directory is there, and nobody else has begun to count it
     * @param directories those of a page
     * @param next where the next page begins; null after the last
     */
    record Answer(
            boolean goesOn,
            List<Long> directories,
            @Nullable String next) {
        static final Answer NO = new Answer(false, List.of(), null);
        static final Answer YES = new Answer(true, List.of(), null);

        byte[] encode() {
            RecordWriter out = new RecordWriter(64).flag(goesOn).count(directories.size());
            directories.forEach(out::fixed);
            return out.optionalText(next).done();
        }

        static Answer decode(byte[] bytes) {
            RecordReader in = new RecordReader(bytes);
            boolean goesOn = in.flag();
            List<Long> directories = new ArrayList<>();
            for (int left = in.size(); left > 0; left--) {
                directories.add(in.fixed());
            }
            return new Answer(goesOn, directories, in.optionalText());
        }
    }

    @Override
    byte[] run(Tables tables) {
        if (part == Part.PAGE) {
            names = tables.names(directoryId, after, PAGE);
        }
        return tables.charging().forced(() -> super.run(tables)); // it is there already, within the limit or not
    }

    @Override
    byte[] change(Tables tables) {
        Inode inode = tables.inode(directoryId);
        Guard guard = tables.guard(directoryId);
        if (inode == null
                || guard == null
                || (part != Part.BEGIN && inode.charge().settling() != token)) {
            return Answer.NO.encode();
        }
        Answer answer =
                switch (part) {
                    case BEGIN -> begin(tables, inode, guard);
                    case PAGE -> page(tables, guard.quotas());
                    case END -> end(tables, inode);
                };
        return answer.encode();
    }

    private Answer begin(Tables tables, Inode inode, Guard guard) {
        Guard above = directoryId == Ids.ROOT ? null : tables.guard(inode.link().parentId());
        if (quota == 0 && above == null) {
            return Answer.NO;
        }
        Charge charge = above == null ? inode.charge() : inode.charge().to(above.quotas());
        Charge begun = charge.settling(token);
        tables.inode(directoryId, inode.charged(begun));
        tables.guard(directoryId, guard.counting(begun.below()));
        return Answer.YES;
    }

    private Answer page(Tables tables, List<Long> quotas) {
        List<Long> directories = new ArrayList<>();
        for (NameIndex.Named named : names) {
            if (named.dentry().isFile()) {
                file(tables, named, quotas);
            } else if (named.dentry().inodeId() != Ids.SWARM) { // what is below counts for where it is going
                directories.add(named.dentry().inodeId());
            }
        }
        String next = names.size() < PAGE ? null : names.get(names.size() - 1).name();
        return new Answer(true, directories, next);
    }

    private void file(Tables tables, NameIndex.Named named, List<Long> quotas) {
        long id = named.dentry().inodeId();
        Inode inode = tables.inode(id);
        if (inode == null || !inode.isAt(directoryId, named.name())) {
            return; // removed or renamed meanwhile, which has counted it
        }
        Inode counted = inode.chargedTo(quotas);
        if (!counted.charge().counting(counted).equals(inode.charge())) {
            tables.inode(id, counted);
        }
    }

    private Answer end(Tables tables, Inode inode) {
        tables.inode(directoryId, inode.charged(inode.charge().settling(0)));
        Charging charging = tables.charging();
        Quota row = quota == 0 ? null : charging.quota(quota);
        if (row != null && row.state() == Quota.State.CLEARING) {
            charging.forget(tables.partitions(), quota);
            // What was counted without being asked for: whatever shares may use besides, may be too much by now.
            inode.charge().below().forEach(each -> gather(tables, each, charging.quota(each)));
        } else if (row != null) {
            gather(tables, quota, row.in(Quota.State.ACTIVE));
        }
        return Answer.YES;
    }

    private static void gather(Tables tables, long id, @Nullable Quota row) {
        if (row != null) {
            Charging charging = tables.charging();
            AllowanceStep.gather(charging, id, row, charging.shares(tables.partitions(), id));
        }
    }
}
