package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.MetadataCheckResult;
import io.swarmgrid.client.wire.RecoverResult;
import java.time.Duration;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * All nodes read some partitions at once, and what they say is laid side by side. What changes meanwhile is looked at again, at most so
 * many times that a grid that is always busy comes to an end, too.
 */
/** One check of the metadata. Done by one thread; any thread asks for the result. */
final class CheckRun implements SingleRun.Run {
    private static final Logger LOG = LoggerFactory.getLogger(CheckRun.class);
    private static final int AT_ONCE = 16;
    private static final int ROUNDS = 40;
    private static final long PAUSE_MS = 250;
    /** For one part of the metadata; a node that is lost is noticed long before. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final String id = UUID.randomUUID().toString();
    private final Ignite ignite;
    private final int partitions;
    private final boolean repair;
    private volatile MetadataCheckResult result;

    CheckRun(Ignite ignite, int partitions, boolean repair) {
        this.ignite = ignite;
        this.partitions = partitions;
        this.repair = repair;
        this.result = result(RecoverResult.RUNNING, "begins", new Comparison(new BitSet()), 0);
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
        return repair ? ", repair=true" : "";
    }

    @Override
    public String outcome() {
        MetadataCheckResult now = result;
        return "state=" + now.state() + ", phase=" + now.phase() + ", compared=" + now.compared() + " of "
                + now.partitions() + ", rows=" + now.rows() + ", differing="
                + now.differing().size() + ", repaired="
                + now.repaired();
    }

    MetadataCheckResult result() {
        return result;
    }

    @Override
    public void fail(String why) {
        MetadataCheckResult now = result;
        result = new MetadataCheckResult(
                id, RecoverResult.FAILED, why, partitions, now.compared(), now.rows(), now.differing(), now.repaired());
    }

    @Override
    public void run() {
        try {
            BitSet all = new BitSet();
            all.set(0, partitions);
            Comparison found = new Comparison(all);
            compare(found, "compares copies", 0);
            found.differing().forEach(each -> LOG.error("copies of the metadata differ: {}", each));
            int before = found.differing().size();
            if (repair && before > 0) {
                for (int partition : found.reopenDiffering()) {
                    align(partition);
                }
                compare(found, "compares what was repaired", 0);
            }
            int repaired = before - found.differing().size();
            result = result(RecoverResult.DONE, "ended", found, repair ? repaired : 0);
        } catch (InterruptedException e) {
            throw new GridException(ErrorCode.CANCELLED, "this node stops");
        }
    }

    private MetadataCheckResult result(String state, String phase, Comparison found, int repaired) {
        return new MetadataCheckResult(
                id,
                state,
                phase,
                partitions,
                partitions - found.open().cardinality(),
                found.rows(),
                found.differing(),
                repaired);
    }

    private void compare(Comparison comparison, String phase, int repaired) throws InterruptedException {
        BitSet open = comparison.open();
        for (int round = 0; round < ROUNDS && !open.isEmpty(); round++) {
            if (round > 0) {
                Thread.sleep(PAUSE_MS);
            }
            for (int from = open.nextSetBit(0); from >= 0; from = open.nextSetBit(from + AT_ONCE)) {
                look(comparison, from, Math.min(partitions, from + AT_ONCE));
                result = result(RecoverResult.RUNNING, phase, comparison, repaired);
            }
        }
    }

    private void look(Comparison comparison, int from, int to) {
        Map<Integer, Map<String, PartitionDigest>> found = new HashMap<>();
        for (byte[] answer : all(new DigestStep(from, to))) {
            DigestStep.Answer of = DigestStep.decode(answer);
            of.digests().forEach(digest -> found.computeIfAbsent(digest.partition(), each -> new TreeMap<>())
                    .put(of.node(), digest));
        }
        for (int partition = from; partition < to; partition++) {
            comparison.look(partition, found.getOrDefault(partition, Map.of()));
        }
    }

    /** What one copy lacks another one has, so each is gone through. */
    private void align(int partition) {
        long apart = 0;
        for (byte[] answer : all(new AlignStep(partition))) {
            apart += AlignStep.decode(answer);
        }
        LOG.warn("copies of the metadata were made alike: partition={}, rows_most_disagree_on={}", partition, apart);
    }

    private Collection<byte[]> all(Step step) {
        try {
            return ignite
                    .compute(ignite.cluster().forServers())
                    .withTimeout(PATIENCE.toMillis())
                    .broadcast(step)
                    .stream()
                    .map(Step::open)
                    .toList();
        } catch (IgniteException e) {
            throw IgniteErrors.translate(e, false);
        }
    }
}
