package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.MetadataCheckResult;
import io.swarmgrid.client.wire.MetadataCheckResult.DifferingPartition;
import io.swarmgrid.client.wire.MetadataCheckResult.MiscountedQuota;
import io.swarmgrid.client.wire.RecoverResult;
import io.swarmgrid.storage.run.SingleRun;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * All nodes read some partitions at once, and what they say is laid side by side. What changes meanwhile is looked at again, at most so
 * many times that a grid that is always busy comes to an end, too. A partition is read without a rest, so that few changes come between,
 * and only few of them before all rest, see PacedNodes. Of each the nodes keep, and say, a few numbers.
 */
/** One check of the metadata. Done by one thread; any thread asks for the result. */
final class CheckRun implements SingleRun.Run {
    private static final Logger LOG = LoggerFactory.getLogger(CheckRun.class);
    private static final int AT_ONCE = 4;
    private static final int ROUNDS = 40;
    private static final long PAUSE_MS = 250;

    private final String id = UUID.randomUUID().toString();
    private final PacedNodes nodes;
    private final int partitions;
    private final QuotaSums sums;
    private final Aligning aligning;
    private final Consumer<MetadataCheckResult> done;
    private volatile MetadataCheckResult result;

    /**
     * @param sums what looks after quotas, once copies were compared
     * @param aligning what makes copies alike, or tells in what they are not
     * @param done told of the result once copies were compared, and again at the end
     */
    CheckRun(PacedNodes nodes, int partitions, QuotaSums sums, Aligning aligning, Consumer<MetadataCheckResult> done) {
        this.nodes = nodes;
        this.partitions = partitions;
        this.sums = sums;
        this.aligning = aligning;
        this.done = done;
        this.result = new MetadataCheckResult(
                id, RecoverResult.RUNNING, "begins", partitions, 0, 0, List.of(), 0, 0, List.of());
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String what() {
        return "check of the metadata";
    }

    @Override
    public String asked() {
        return aligning.isRepair() ? ", repair=true" : "";
    }

    @Override
    public String outcome() {
        MetadataCheckResult now = result;
        return "state=" + now.state() + ", phase=" + now.phase() + ", compared=" + now.compared() + " of "
                + now.partitions() + ", rows=" + now.rows() + ", differing="
                + now.differing().size() + ", repaired="
                + now.repaired() + ", rows_left_as_they_are="
                + now.leftRows() + ", miscounted_quotas=" + now.quotas().size();
    }

    MetadataCheckResult result() {
        return result;
    }

    @Override
    public void fail(String why) {
        MetadataCheckResult now = result;
        result = new MetadataCheckResult(
                id,
                RecoverResult.FAILED,
                why,
                partitions,
                now.compared(),
                now.rows(),
                now.differing(),
                now.repaired(),
                now.leftRows(),
                now.left());
    }

    @Override
    public void run() {
        try {
            BitSet all = new BitSet();
            all.set(0, partitions);
            Comparison found = new Comparison(all);
            compare(found, "compares copies");
            List<DifferingPartition> differing = found.differing();
            differing.forEach(each -> LOG.error("copies of the metadata differ: {}", each));
            done.accept(result(RecoverResult.RUNNING, "has compared copies", found, 0)); // also where the rest fails
            for (DifferingPartition each : differing) {
                String doing = aligning.isRepair() ? "repairs" : "looks through";
                result = result(RecoverResult.RUNNING, doing + " partition " + each.partition(), found, 0);
                aligning.align(each);
            }
            aligning.left()
                    .first()
                    .forEach(each -> LOG.error("a row of the metadata that its copies do not have alike: {}", each));
            int repaired = 0;
            if (aligning.isRepair() && !differing.isEmpty()) {
                found.reopenDiffering();
                compare(found, "compares what was repaired");
                repaired = (int) differing.stream()
                        .filter(each -> found.isAlike(each.partition()))
                        .count();
            }
            result = result(RecoverResult.RUNNING, "adds up what counts for quotas", found, repaired);
            List<MiscountedQuota> miscounted = sums.miscounted(aligning.isRepair());
            miscounted.forEach(each -> LOG.error("a quota counts something else than what is there: {}", each));
            int recounted = aligning.isRepair() ? miscounted.size() : 0;
            MetadataCheckResult end = result(RecoverResult.DONE, "ended", found, repaired)
                    .counting(recounted == 0 ? miscounted : sums.miscounted(false), recounted);
            done.accept(end);
            result = end;
        } catch (InterruptedException e) {
            throw new GridException(ErrorCode.CANCELLED, "this node stops");
        }
    }

    private MetadataCheckResult result(String state, String phase, Comparison found, int repaired) {
        LeftRows left = aligning.left();
        return new MetadataCheckResult(
                id,
                state,
                phase,
                partitions,
                partitions - found.open().cardinality(),
                found.rows(),
                found.differing(),
                repaired,
                left.count(),
                left.first());
    }

    private void compare(Comparison comparison, String phase) throws InterruptedException {
        BitSet open = comparison.open();
        for (int round = 0; round < ROUNDS && !open.isEmpty(); round++) {
            if (round > 0) {
                Thread.sleep(PAUSE_MS);
            }
            for (int from = open.nextSetBit(0); from >= 0; from = open.nextSetBit(from + AT_ONCE)) {
                look(comparison, from, Math.min(partitions, from + AT_ONCE));
                result = result(RecoverResult.RUNNING, phase, comparison, 0);
            }
        }
    }

    private void look(Comparison comparison, int from, int to) throws InterruptedException {
        Map<Integer, Map<String, PartitionDigest>> found = new HashMap<>();
        for (byte[] answer : nodes.askAll(new DigestStep(from, to))) {
            DigestStep.Answer of = DigestStep.decode(answer);
            of.digests().forEach(digest -> found.computeIfAbsent(digest.partition(), each -> new TreeMap<>())
                    .put(of.node(), digest));
        }
        for (int partition = from; partition < to; partition++) {
            comparison.look(partition, found.getOrDefault(partition, Map.of()));
        }
    }
}
