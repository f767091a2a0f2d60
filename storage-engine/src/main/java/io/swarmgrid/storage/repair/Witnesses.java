package io.swarmgrid.storage.repair;

import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.membership.Nodes;
import io.swarmgrid.storage.membership.Peers;
import io.swarmgrid.storage.namespace.BlockCensus.Copy;
import io.swarmgrid.storage.repair.RepairMessage.Recorded;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/*
 * The rule for giving up a copy of a block that is wanted: others have theirs, by their own word of this moment. What is recorded
 * says that a copy was there once, and that its node is live says nothing of its disk: one that has come back with an empty
 * directory is live from when it has joined, long before it is found to lack what is recorded of it. Where repair knew of who
 * has answered for what, it would have to forget that with every node that starts and every partition that moves; so it is
 * asked anew each time. A witness cannot lose its copy between its word and the change: what is recorded is deleted nowhere
 * (Sweeper), and the change counts only who is recorded still.
 */
/** Asks holders whether they have their copies, and waits for the answers. Thread-safe. */
final class Witnesses {
    private static final int PAGE = 2000;
    private static final long PATIENCE_MS = 3000;

    private final Nodes nodes;
    private final Peers peers;
    private final AtomicLong lastQuestion = new AtomicLong(RepairMessage.Audit.NOBODY_WAITS);
    /** As many as callers wait for: of each a page for every node. */
    private final Map<Long, Page> open = new ConcurrentHashMap<>();

    /** What one node was asked at once, and by whom. */
    private record Page(String node, List<Recorded> copies, Words words) {}

    /** What one caller was told so far. Thread-safe. */
    private static final class Words {
        private final CountDownLatch answers;
        /** Guarded by this. */
        private final Map<BlockId, Set<String>> having = new HashMap<>();

        private Words(int questions) {
            this.answers = new CountDownLatch(questions);
        }

        private void add(Page page, Set<Copy> absent) {
            synchronized (this) {
                for (Recorded recorded : page.copies()) {
                    if (!absent.contains(recorded.copy())) {
                        having.computeIfAbsent(recorded.copy().block(), block -> new HashSet<>())
                                .add(page.node());
                    }
                }
            }
            answers.countDown();
        }

        private synchronized Map<BlockId, Set<String>> of(Set<String> live) {
            Map<BlockId, Set<String>> sure = new HashMap<>();
            having.forEach((block, names) ->
                    sure.put(block, names.stream().filter(live::contains).collect(Collectors.toUnmodifiableSet())));
            return sure;
        }
    }

    Witnesses(Nodes nodes, Peers peers) {
        this.nodes = nodes;
        this.peers = peers;
    }

    /**
     * Who has what, of those who are live and answer within a few seconds.
     *
     * @param asked what is recorded of each node that is asked
     * @return the names of who has a block as it is recorded; none for a block of which nobody said so
     */
    Map<BlockId, Set<String>> ask(Map<String, List<Recorded>> asked) throws InterruptedException {
        Map<String, List<Recorded>> reachable = new HashMap<>(asked);
        reachable.keySet().retainAll(live());
        int pages = reachable.values().stream()
                .mapToInt(copies -> (copies.size() + PAGE - 1) / PAGE)
                .sum();
        Words words = new Words(pages);
        Map<Long, Page> questions = new HashMap<>();
        reachable.forEach((node, copies) -> {
            for (int from = 0; from < copies.size(); from += PAGE) {
                List<Recorded> page = List.copyOf(copies.subList(from, Math.min(copies.size(), from + PAGE)));
                questions.put(lastQuestion.incrementAndGet(), new Page(node, page, words));
            }
        });
        open.putAll(questions);
        try {
            questions.forEach((question, page) ->
                    peers.send(page.node(), Repair.TOPIC, new RepairMessage.Audit(question, page.copies()).encode()));
            // Who has not answered then counts as having nothing.
            boolean unused = words.answers.await(PATIENCE_MS, TimeUnit.MILLISECONDS);
        } finally {
            open.keySet().removeAll(questions.keySet());
        }
        return words.of(live());
    }

    /** Who has one block. */
    Set<String> ask(Recorded copy, Iterable<String> holders) throws InterruptedException {
        Map<String, List<Recorded>> asked = new HashMap<>();
        holders.forEach(holder -> asked.put(holder, List.of(copy)));
        return ask(asked).getOrDefault(copy.copy().block(), Set.of());
    }

    /** Takes an answer. Any thread; returns at once. */
    void answered(String from, long question, List<Copy> absent) {
        Page page = open.get(question);
        if (page != null && page.node().equals(from) && open.remove(question, page)) {
            page.words().add(page, new HashSet<>(absent));
        }
    }

    private Set<String> live() {
        return nodes.live().stream().map(GridNodeInfo::name).collect(Collectors.toSet());
    }
}
