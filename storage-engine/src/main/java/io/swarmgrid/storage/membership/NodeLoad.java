package io.swarmgrid.storage.membership;

import io.swarmgrid.client.wire.RepairStatus;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a node says of itself every second, and at once when it changes.
 *
 * @param usedBytes what its blocks take
 * @param capacityBytes what its tiers may hold, reserve taken off
 * @param freeBytes room for new blocks, reserve taken off; negative where that is not known
 * @param repair the work that its own walks found; the grid's is the sum over the nodes
 * @param walked what its latest walk was about
 * @param lookedOver whether it has put right what the end of all nodes had cut off of its part of the metadata, or nothing had
 * @param vacant whether it has no copy of any metadata, not even one that is being cleared: see {@link BaselineKeeper}
 * @param lack what is wrong with the disk of its metadata; null where that has room
 * @param keepable what it may keep near, each medium that it has once
 */
public record NodeLoad(
        long usedBytes,
        long capacityBytes,
        long freeBytes,
        long blocks,
        RepairStatus repair,
        Walked walked,
        boolean lookedOver,
        boolean vacant,
        @Nullable Lack lack,
        List<Keepable> keepable) {
    public NodeLoad {
        keepable = keepable == null ? List.of() : List.copyOf(keepable); // a version that kept nothing does not say it
    }

    /** Of a node that has not spoken yet: it is there, but nothing is known to fit. */
    static final NodeLoad UNKNOWN = new NodeLoad(0, 0, -1, 0, RepairStatus.NONE, Walked.NEVER);

    /** Of one that has looked over nothing yet. */
    public NodeLoad(
            long usedBytes, long capacityBytes, long freeBytes, long blocks, RepairStatus repair, Walked walked) {
        this(usedBytes, capacityBytes, freeBytes, blocks, repair, walked, false, false, null, List.of());
    }

    /**
     * A disk that takes no more metadata.
     *
     * @param freeBytes what it had when that was found
     * @param neededBytes what the metadata that there is may still take, and what is to stay free
     */
    public record Lack(String directory, long freeBytes, long neededBytes) {}

    /**
     * A keeper's walk from end to end.
     *
     * @param version the {@link Peers#settledVersion} under which it ran; 0 for none
     * @param balance the {@link Movement#balance} that it knew of
     * @param leaving what it saw on each node that it knew to be draining
     */
    public record Walked(long version, long balance, List<Leaving> leaving) {
        public static final Walked NEVER = new Walked(0, 0, List.of());

        public Walked {
            leaving = List.copyOf(leaving);
        }

        Optional<Leaving> leaving(String node) {
            return leaving.stream().filter(each -> each.node().equals(node)).findFirst();
        }
    }

    /** As it is known of a node that has left. */
    NodeLoad withoutRoom() {
        return new NodeLoad(usedBytes, capacityBytes, -1, blocks, repair, walked);
    }

    NodeLoad looked(boolean over) {
        return new NodeLoad(usedBytes, capacityBytes, freeBytes, blocks, repair, walked, over, vacant, lack, keepable);
    }

    NodeLoad vacant(boolean now) {
        return new NodeLoad(
                usedBytes, capacityBytes, freeBytes, blocks, repair, walked, lookedOver, now, lack, keepable);
    }

    NodeLoad lacking(@Nullable Lack now) {
        return new NodeLoad(
                usedBytes, capacityBytes, freeBytes, blocks, repair, walked, lookedOver, vacant, now, keepable);
    }

    /** Of one that may keep so much near. */
    public NodeLoad keeping(List<Keepable> now) {
        return new NodeLoad(usedBytes, capacityBytes, freeBytes, blocks, repair, walked, lookedOver, vacant, lack, now);
    }

    /** Copies that are still on a node that is draining. */
    public record Leaving(String node, long blocks, long sizeBytes) {}
}
