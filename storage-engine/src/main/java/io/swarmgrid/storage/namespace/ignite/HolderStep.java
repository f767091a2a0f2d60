package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.Replica;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Adds a holder to a block, or takes one out. Answers one octet: whether it is as asked now. */
final class HolderStep extends ChangeStep {
    private enum Kind {
        ADD,
        DROP,
        BAD,
        FORGET_NEAR
    }

    private static final long serialVersionUID = 1L;
    private static final byte[] YES = {1};
    private static final byte[] NO = {0};
    private static final byte[] UNKNOWN = {2};

    private final Kind kind;
    private final long fileId;
    private final long blockId;
    private final String node;
    private final long epoch;
    private final boolean durable;
    private final @Nullable Medium near;
    private final String[] live;
    private final int keepLive;

    private HolderStep(Kind kind, long fileId, BlockId block, Replica replica, Set<String> live, int keepLive) {
        super(null);
        this.kind = kind;
        this.fileId = fileId;
        this.blockId = block.value();
        this.node = replica.node();
        this.epoch = replica.epoch();
        this.durable = replica.durable();
        this.near = replica.near();
        this.live = live.toArray(new String[0]);
        this.keepLive = keepLive;
    }

    /** Records a verified copy. */
    static HolderStep add(long fileId, BlockId block, Replica replica) {
        return new HolderStep(Kind.ADD, fileId, block, replica, Set.of(), 0);
    }

    /** Gives up the copy of a node, if enough others are on live nodes. */
    static HolderStep drop(long fileId, BlockId block, String node, Set<String> live, int keepLive) {
        return new HolderStep(Kind.DROP, fileId, block, new Replica(node, 0), live, keepLive);
    }

    /** Gives up the near copy of a node, and no other that it has. */
    static HolderStep forgetNear(long fileId, BlockId block, String node) {
        return new HolderStep(Kind.FORGET_NEAR, fileId, block, new Replica(node, 0), Set.of(), 0);
    }

    /** Takes out a damaged copy, unless no other durable one is recorded. */
    static HolderStep bad(long fileId, BlockId block, String node, long epoch) {
        return new HolderStep(Kind.BAD, fileId, block, new Replica(node, epoch), Set.of(), 0);
    }

    /** Whether a bad copy was one that is not recorded (any more). */
    static boolean isUnknown(byte[] answer) {
        return answer[0] == UNKNOWN[0];
    }

    static boolean isYes(byte[] answer) {
        return answer[0] == YES[0];
    }

    /** Where copies of a block are is not what the file is. */
    @Override
    boolean changesFiles() {
        return false;
    }

    @Override
    byte[] change(Tables tables) {
        BlockRecord block = tables.block(new BlockKey(fileId, blockId));
        if (block == null) {
            return kind == Kind.ADD ? NO : YES;
        }
        Replica recorded = Holders.on(block, node);
        return switch (kind) {
            case ADD -> add(tables, block, recorded);
            case DROP -> drop(tables, block, recorded);
            case BAD -> bad(tables, block, recorded);
            case FORGET_NEAR -> forgetNear(tables, block, recorded);
        };
    }

    private byte[] add(Tables tables, BlockRecord block, @Nullable Replica recorded) {
        if (block.state() != BlockState.SEALED || block.epoch() != epoch) {
            return NO;
        }
        Replica before = recorded == null || recorded.epoch() != epoch ? null : recorded;
        Replica added = new Replica(
                node,
                epoch,
                durable || (before != null && before.durable()),
                near == null && before != null ? before.near() : near);
        if (!added.equals(recorded)) {
            tables.block(Holders.with(block, added));
        }
        return YES;
    }

    private byte[] drop(Tables tables, BlockRecord block, @Nullable Replica recorded) {
        if (recorded == null || !recorded.durable()) {
            return YES;
        }
        // Its near copy with it: that may be this very one.
        List<Replica> rest = Holders.without(block.holders(), node);
        if (Holders.durable(rest, Set.of(live)) < keepLive) {
            return NO;
        }
        tables.block(block.heldBy(rest));
        return YES;
    }

    private byte[] bad(Tables tables, BlockRecord block, @Nullable Replica recorded) {
        // Who writes an open block notices by himself what his chain lacks.
        if (recorded == null || recorded.epoch() != epoch || block.state() == BlockState.OPEN) {
            return UNKNOWN;
        }
        List<Replica> rest = Holders.without(block.holders(), node);
        if (recorded.durable() && rest.stream().noneMatch(Replica::durable)) {
            return NO;
        }
        tables.block(block.heldBy(rest));
        return YES;
    }

    private byte[] forgetNear(Tables tables, BlockRecord block, @Nullable Replica recorded) {
        if (recorded == null || recorded.near() == null) {
            return YES;
        }
        tables.block(
                recorded.durable()
                        ? Holders.with(block, new Replica(node, recorded.epoch()))
                        : block.heldBy(Holders.without(block.holders(), node)));
        return YES;
    }
}
