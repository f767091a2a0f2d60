package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.storage.namespace.Publication;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Moves all that is in a staged directory into an existing one. Runs where the staged directory is. */
final class AppendStep extends ChangeStep {
    static final int MAX_ENTRIES = 10_000;

    private static final long serialVersionUID = 1L;

    private final long stagedParent;
    private final String stagedName;
    private final String stagedPath;
    private final long stagedId;
    private final long targetId;
    private final String targetPath;
    private final EntryKind kind;
    private final LinkedHashMap<String, String> attributes;
    private final long expectedVersion;
    private final long token;
    private final long nowMs;
    private transient List<NameIndex.Named> names = List.of();
    private transient long stamp;

    /**
     * @param operation never null: without it a second run could not know what the first did
     * @param token a number of this operation's own, not 0
     */
    AppendStep(
            PathWalk.Place staged,
            long stagedId,
            long targetId,
            Publication publication,
            String operation,
            long token,
            long nowMs) {
        super(operation);
        this.stagedParent = staged.parentId();
        this.stagedName = staged.name();
        this.stagedPath = staged.path().toString();
        this.stagedId = stagedId;
        this.targetId = targetId;
        this.targetPath = publication.target().toString();
        this.kind = publication.kind();
        this.attributes = new LinkedHashMap<>(publication.attributes());
        this.expectedVersion = publication.expectedVersion();
        this.token = token;
        this.nowMs = nowMs;
    }

    @Override
    byte[] run(Tables tables) {
        tables.transactions().run(() -> mark(tables));
        names = new ArrayList<>(tables.names(stagedId, null, MAX_ENTRIES + 1));
        if (names.size() > MAX_ENTRIES) {
            throw Problems.invalid(
                    "cannot append more than " + MAX_ENTRIES + " entries at once: " + stagedPath, stagedPath);
        }
        Inode before = tables.inode(targetId);
        stamp = before == null ? 0 : before.changed().revision().changes();
        return super.run(tables);
    }

    private boolean mark(Tables tables) {
        Guard guard = tables.guard(stagedId);
        if (guard != null) {
            tables.guard(stagedId, guard.held(token));
        }
        return guard != null;
    }

    @Override
    byte[] change(Tables tables) {
        Directories.forbidMoves(tables);
        Guard targetGuard = targetGuard(tables);
        Dentry staged = tables.dentry(stagedParent, stagedName);
        Guard guard = tables.guard(stagedId);
        if (staged == null || staged.inodeId() != stagedId || guard == null) {
            throw Problems.notFound(stagedPath);
        }
        if (guard.token() != token) {
            throw new StaleException("something was put into " + stagedPath);
        }
        for (NameIndex.Named named : names) {
            move(tables, named, targetGuard.quotas());
        }
        tables.unlink(stagedParent, stagedName);
        Directories.discard(tables, staged, Doomed.NOW);
        Inode target = target(tables); // last: see Guard
        if (target.changed().revision().changes() != stamp) {
            throw new StaleException("being changed");
        }
        Map<String, String> all = new LinkedHashMap<>(target.attributes());
        all.putAll(attributes);
        AttributeStep.check(all, targetPath);
        Inode grown = target.with(target.kind(), all).revised(expectedVersion + 1, nowMs);
        tables.guard(targetId, Guard.of(grown, targetGuard.staged()).counting(targetGuard.quotas()));
        tables.inode(targetId, grown);
        return Outcome.of(grown.status(targetPath, targetId));
    }

    private Guard targetGuard(Tables tables) {
        Guard guard = tables.guard(targetId);
        if (guard == null) {
            throw new StaleException("removed meanwhile");
        }
        if (guard.mounted()) {
            throw Problems.belowMount(targetPath);
        }
        if (guard.version() != expectedVersion) {
            target(tables);
            throw new StaleException("being changed");
        }
        return guard;
    }

    private Inode target(Tables tables) {
        Inode target = tables.inode(targetId);
        if (target == null) {
            throw new StaleException("removed meanwhile");
        }
        if (target.kind() != kind) {
            String is = target.kind().name().toLowerCase(Locale.ROOT);
            throw Problems.invalid(
                    "cannot append: " + targetPath + " is a " + is + ", not a "
                            + kind.name().toLowerCase(Locale.ROOT),
                    targetPath);
        }
        long version = target.revision().version();
        if (version != expectedVersion) {
            throw new GridException(
                    ErrorCode.CONFLICT,
                    "changed meanwhile: " + targetPath + " has version " + version + ", expected " + expectedVersion,
                    targetPath,
                    "look at it again and repeat the append",
                    null);
        }
        return target;
    }

    private void move(Tables tables, NameIndex.Named named, List<Long> quotas) {
        long id = named.dentry().inodeId();
        Dentry there = tables.dentry(stagedId, named.name());
        Inode inode = tables.inode(id);
        if (there == null || there.inodeId() != id || inode == null) {
            throw new StaleException("renamed or removed meanwhile");
        }
        if (tables.dentry(targetId, named.name()) != null) {
            throw Problems.exists(targetPath + "/" + named.name(), null);
        }
        tables.unlink(stagedId, named.name());
        Inode moved = Directories.counting(inode, quotas, stagedPath + "/" + named.name());
        tables.inode(id, moved.appended(targetId, named.name(), stamp));
        Dentry.Before before = new Dentry.Before(true, stagedId, stamp);
        tables.link(targetId, named.name(), new Dentry(id, there.kind(), before));
    }
}
