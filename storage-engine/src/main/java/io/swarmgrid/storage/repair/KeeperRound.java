package io.swarmgrid.storage.repair;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.RepairStatus;
import io.swarmgrid.config.Medium;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.membership.Movement;
import io.swarmgrid.storage.membership.NodeLoad;
import io.swarmgrid.storage.namespace.BlockCensus.Copy;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockState;
import io.swarmgrid.storage.namespace.Keeping;
import io.swarmgrid.storage.namespace.Replica;
import io.swarmgrid.storage.repair.CopyOrders.Wanted;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * What a walk finds is bounded, whatever the grid has come to: the most endangered copies and the first surplus ones are
 * kept, the rest is found by the next walk. Only what is counted is counted in full.
 */
/** One walk of a keeper over its blocks: counts, orders copies, gives up what is too much. Confined to one thread. */
final class KeeperRound {
    private static final Logger LOG = LoggerFactory.getLogger(KeeperRound.class);
    private static final int MAX_LEAVING = 1024;
    private static final int AUDIT_PAGE = 2000;

    private final Repair.Seams seams;
    private final CopyOrders orders;
    private final Witnesses witnesses;
    private final Discards discards;
    private final Movement movement;
    private final Assessor assessor;
    private final NearPlan near;
    private final HotBlocks hot;
    private final Set<String> toAudit;
    private final PriorityQueue<Wanted> wanted = new PriorityQueue<>(Wanted.MOST_ENDANGERED_FIRST.reversed());
    private final List<Assessment> leaving = new ArrayList<>();
    private final List<NearLeaver> nearLeaving = new ArrayList<>();
    private final Map<String, List<RepairMessage.Recorded>> audits = new HashMap<>();
    private final Map<NearAudit, List<RepairMessage.Recorded>> nearAudits = new HashMap<>();
    private final Map<String, NodeLoad.Leaving> drained = new TreeMap<>();
    private RepairStatus work = RepairStatus.NONE;

    private record NearLeaver(BlockRecord block, String node) {}

    private record NearAudit(String node, Medium medium) {}

    /**
     * What a walk found.
     *
     * @param work what is to be done
     * @param walked what it was about; of no version where the grid changed meanwhile, or not all could be read
     */
    record Found(RepairStatus work, NodeLoad.Walked walked) {
        static final Found NOTHING = new Found(RepairStatus.NONE, NodeLoad.Walked.NEVER);
    }

    /** @param toAudit names of nodes that are asked whether they have what is recorded of them */
    KeeperRound(Repair.Seams seams, CopyOrders orders, Witnesses witnesses, HotBlocks hot, Set<String> toAudit) {
        this.seams = seams;
        this.hot = hot;
        this.orders = orders;
        this.witnesses = witnesses;
        this.discards = new Discards(seams.peers());
        this.toAudit = toAudit;
        this.movement = seams.nodes().movement();
        this.assessor = new Assessor(seams.nodes(), seams.placement());
        this.near = new NearPlan(seams.nodes(), seams.placement());
    }

    Found run() throws InterruptedException {
        long version = seams.peers().settledVersion();
        orders.expire();
        hot.walk(version);
        movement.draining().forEach(node -> drained.put(node, new NodeLoad.Leaving(node, 0, 0)));
        boolean whole = seams.census().walk(this::look);
        // What is on its way moves also where it would not be sent any more.
        Map<BlockId, Long> moving = orders.spreading();
        for (Spreading.Better better : assessor.spread()) {
            spread(better);
            moving.remove(better.block().id());
        }
        moving.values().forEach(this::countMoving);
        audits.keySet().forEach(this::audit);
        nearAudits.keySet().forEach(this::audit);
        orders.replace(wanted);
        Map<BlockId, Set<String>> having = witnesses.ask(staying());
        leaving.forEach(block -> leave(block, having.getOrDefault(block.block().id(), Set.of())));
        nearLeaving.forEach(this::leaveNear);
        discards.send();
        boolean settled = whole && version == seams.peers().settledVersion();
        NodeLoad.Walked walked =
                new NodeLoad.Walked(settled ? version : 0, movement.balance(), List.copyOf(drained.values()));
        return new Found(work, walked);
    }

    private void look(BlockRecord block) {
        if (!drained.isEmpty()) {
            countDrained(block);
        }
        if (block.state() == BlockState.OPEN) {
            return;
        }
        if (!toAudit.isEmpty()) {
            noteForAudit(block);
        }
        Assessment now = assessor.assess(block);
        lookNear(block, now.fetchers().isEmpty());
        if (now.isFine()) {
            return;
        }
        boolean lacks = now.lacking() > 0;
        boolean moves = !lacks && !now.fetchers().isEmpty();
        work = work.plus(new RepairStatus(
                lacks ? 1 : 0,
                now.unavailable() ? 1 : 0,
                now.surplus(),
                lacks && !now.unavailable() ? now.lackingBytes(assessor.takers(block)) : 0,
                0,
                0,
                0,
                0,
                0,
                null));
        if (moves) {
            countMoving(block.lengthBytes() * now.fetchers().size());
        }
        if (!now.fetchers().isEmpty()) {
            order(now);
        }
        if (!now.leavers().isEmpty() && leaving.size() < MAX_LEAVING) {
            leaving.add(now);
        }
    }

    private void lookNear(BlockRecord block, boolean mayMake) {
        NearPlan.Found found = near.look(block, mayMake, hot.wanted(block));
        for (String node : found.leavers()) {
            if (nearLeaving.size() < MAX_LEAVING) {
                nearLeaving.add(new NearLeaver(block, node));
            }
        }
        if (found.asked().places().isEmpty() && found.demand().places().isEmpty()) {
            return;
        }
        Set<String> underWay = new HashSet<>(orders.underWay(block.id()));
        int pending = underWay.size();
        wantNear(block, found.asked(), Urgency.NEAR, pending, underWay);
        wantNear(block, found.demand(), Urgency.HOT, pending - found.asked().missing(), underWay);
    }

    /**
     * Wants near copies of one kind.
     *
     * @param pending how many of them are under way by now
     * @param taken names of nodes that make one, and of those that are to from now on
     */
    private void wantNear(BlockRecord block, NearPlan.Wish wish, Urgency urgency, int pending, Set<String> taken) {
        List<NearPlan.Place> places = new ArrayList<>(wish.places());
        places.sort(Comparator.comparing(place -> orders.hasRefused(block.id(), place.node())));
        int missing = wish.missing() - Math.max(0, pending);
        for (NearPlan.Place place : places) {
            if (missing > 0 && taken.add(place.node())) {
                BlockRecord there = block.asked(block.replication(), new Keeping(wish.missing(), place.medium()));
                want(new Wanted(there, place.node(), wish.missing(), urgency));
                near.planned(place, block.lengthBytes());
                missing--;
            }
        }
    }

    private void leaveNear(NearLeaver leaver) {
        BlockRecord block = leaver.block();
        try {
            seams.census().dropNear(block.fileId(), block.id(), leaver.node());
            discards.addNear(leaver.node(), new Copy(block.fileId(), block.id(), epochOn(block, leaver.node())));
        } catch (GridException e) {
            LOG.debug("near copy not given up now: block={}, node={}", block.id(), leaver.node(), e);
        }
    }

    private void spread(Spreading.Better better) {
        countMoving(better.block().lengthBytes());
        if (orders.underWay(better.block().id()).isEmpty()) {
            want(new Wanted(better.block(), better.target(), better.live(), Urgency.SPREAD));
        }
    }

    private void countMoving(long sizeBytes) {
        work = work.plus(new RepairStatus(0, 0, 0, 0, 1, sizeBytes, 0, 0, 0, null));
    }

    /** Of a block that is being written what readers see counts: the node is not empty before it is sealed, and then copied. */
    private void countDrained(BlockRecord block) {
        for (Replica replica : block.holders()) {
            if (replica.durable()) {
                drained.computeIfPresent(
                        replica.node(),
                        (node, seen) ->
                                new NodeLoad.Leaving(node, seen.blocks() + 1, seen.sizeBytes() + block.lengthBytes()));
            }
        }
    }

    private void order(Assessment block) {
        Set<String> underWay = orders.underWay(block.block().id());
        int missing = block.fetchers().size() - underWay.size();
        for (String fetcher : block.fetchers()) {
            if (missing > 0 && !underWay.contains(fetcher)) {
                want(new Wanted(block.block(), fetcher, block.live(), block.urgency()));
                missing--;
            }
        }
    }

    private void want(Wanted copy) {
        wanted.add(copy);
        while (wanted.size() > CopyOrders.MAX_WAITING) {
            wanted.remove();
        }
    }

    /** What is recorded of those who are to keep theirs where another copy goes. */
    private Map<String, List<RepairMessage.Recorded>> staying() {
        Map<String, List<RepairMessage.Recorded>> asked = new HashMap<>();
        for (Assessment found : leaving) {
            BlockRecord block = found.block();
            for (String holder : block.currentHolders()) {
                if (!found.leavers().contains(holder)) {
                    asked.computeIfAbsent(holder, node -> new ArrayList<>()).add(RepairMessage.Recorded.of(block));
                }
            }
        }
        return asked;
    }

    private void leave(Assessment found, Set<String> having) {
        BlockRecord block = found.block();
        for (String holder : found.leavers()) {
            try {
                boolean dropped = seams.census().dropHolder(block.fileId(), block.id(), holder, having, found.keep());
                if (dropped) {
                    discards.add(holder, new Copy(block.fileId(), block.id(), epochOn(block, holder)));
                }
            } catch (GridException e) {
                LOG.debug("copy not given up now: block={}/{}, node={}", block.id(), block.epoch(), holder, e);
            }
        }
    }

    private static long epochOn(BlockRecord block, String holder) {
        return block.holders().stream()
                .filter(replica -> replica.node().equals(holder))
                .mapToLong(Replica::epoch)
                .findFirst()
                .orElse(block.epoch());
    }

    private void noteForAudit(BlockRecord block) {
        for (Replica replica : block.holders()) {
            if (!toAudit.contains(replica.node()) || replica.epoch() != block.epoch()) {
                continue;
            }
            if (replica.near() != null) {
                NearAudit to = new NearAudit(replica.node(), replica.near());
                List<RepairMessage.Recorded> page = nearAudits.computeIfAbsent(to, each -> new ArrayList<>());
                page.add(RepairMessage.Recorded.of(block));
                if (page.size() >= AUDIT_PAGE) {
                    audit(to);
                }
            }
            if (replica.durable()) {
                List<RepairMessage.Recorded> page = audits.computeIfAbsent(replica.node(), name -> new ArrayList<>());
                page.add(RepairMessage.Recorded.of(block));
                if (page.size() >= AUDIT_PAGE) {
                    audit(replica.node());
                }
            }
        }
    }

    private void audit(NearAudit to) {
        List<RepairMessage.Recorded> page = nearAudits.getOrDefault(to, List.of());
        if (!page.isEmpty()) {
            seams.peers().send(to.node(), Repair.TOPIC, new RepairMessage.AuditNear(to.medium(), page).encode());
            page.clear();
        }
    }

    private void audit(String node) {
        List<RepairMessage.Recorded> page = audits.getOrDefault(node, List.of());
        if (!page.isEmpty()) {
            seams.peers()
                    .send(node, Repair.TOPIC, new RepairMessage.Audit(RepairMessage.Audit.NOBODY_WAITS, page).encode());
            page.clear();
        }
    }
}
