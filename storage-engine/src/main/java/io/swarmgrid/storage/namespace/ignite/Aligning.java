package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.MetadataCheckResult.DifferingPartition;
import io.swarmgrid.client.wire.MetadataCheckResult.PartitionCopy;
import io.swarmgrid.storage.namespace.ignite.RowBringer.Won;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * A partition may have millions of rows, so it is gone through page by page: the rows of a cache lie in the order of their keys in
 * each copy, and a page is what lies between two keys. A node has the keys and digests of one page in its memory, and the node
 * that asks those of one page of each copy: 4,096 keys of at most some 400 bytes, so less than 2 MB a copy. Where a copy has more rows
 * up to the bound of a page than belong in it, its last one is the new bound for all, which they are asked with again.
 *
 * What differs is looked at twice: what is being changed just now is not the same then, and is left to the comparison after.
 */
/** Tells the rows that copies of partitions do not have alike, or gives them what {@link Majority} says. Confined to one thread. */
final class Aligning {
    /** Of a page. */
    static final int ROWS = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(Aligning.class);

    private final PartitionCopies own;
    private final PacedNodes nodes;
    private final @Nullable RowBringer bringer;
    private final int rows;
    private final LeftRows left = new LeftRows();

    /**
     * @param own of this node
     * @param bringer nothing where all rows are to be left as they are, and told
     * @param rows of a page
     */
    Aligning(PartitionCopies own, PacedNodes nodes, @Nullable RowBringer bringer, int rows) {
        this.own = own;
        this.nodes = nodes;
        this.bringer = bringer;
        this.rows = rows;
    }

    boolean isRepair() {
        return bringer != null;
    }

    /** What was left as it was, by now. */
    LeftRows left() {
        return left;
    }

    /** @throws GridException where a node does not answer, or what is there cannot be changed */
    void align(DifferingPartition partition) throws InterruptedException {
        long before = left.count();
        long brought = 0;
        for (String cache : own.caches()) {
            Place place = new Place(partition, cache, null, null);
            boolean more = true;
            while (more) {
                Pages pages = pages(place);
                brought += align(pages);
                more = pages.more();
                place = pages.next();
            }
        }
        if (bringer != null) {
            LOG.warn(
                    "copies of the metadata were given what most of them have: partition={}, rows={}, rows_left_as_they_are={}",
                    partition.partition(),
                    brought,
                    left.count() - before);
        }
    }

    /** What lies between two keys; nothing for the beginning, and the end. */
    private record Place(
            DifferingPartition partition,
            String cache,
            @Nullable RowKey after,
            @Nullable RowKey upTo) {
        Place upTo(@Nullable RowKey bound) {
            return new Place(partition, cache, after, bound);
        }

        Place after(@Nullable RowKey last) {
            return new Place(partition, cache, last, null);
        }
    }

    /**
     * What the copies have there.
     *
     * @param place its bound is where all of these end
     * @param copies by node
     */
    private record Pages(Place place, Map<String, RowPage> copies) {
        boolean more() {
            return place.upTo != null;
        }

        Place next() {
            return place.after(place.upTo);
        }

        /** Digests by node, of each row that not all copies have alike. */
        Map<RowKey, Map<String, Long>> differing() {
            Map<RowKey, Map<String, Long>> had = new LinkedHashMap<>();
            copies.forEach(
                    (node, page) -> page.rows().forEach(row -> had.computeIfAbsent(row.key(), each -> new TreeMap<>())
                            .put(node, row.digest())));
            had.values().removeIf(each -> each.size() == copies.size() && new HashSet<>(each.values()).size() == 1);
            return had;
        }
    }

    /** Ends: a copy's own last row bounds it from then on, and the bound only moves ahead. */
    private Pages pages(Place from) throws InterruptedException {
        Place place = from;
        while (true) {
            Map<String, RowPage> copies = ask(place);
            Optional<RowKey> cut = copies.values().stream()
                    .filter(RowPage::more)
                    .map(RowPage::last)
                    .findFirst();
            if (cut.isEmpty()) {
                return new Pages(place, copies);
            }
            place = place.upTo(cut.get());
            if (Set.copyOf(copies.values()).size() == 1) {
                return new Pages(place, copies);
            }
        }
    }

    private Map<String, RowPage> ask(Place place) throws InterruptedException {
        Set<String> names =
                place.partition.copies().stream().map(PartitionCopy::node).collect(Collectors.toSet());
        PageStep step = new PageStep(place.partition.partition(), place.cache, place.after, place.upTo, rows);
        Map<String, RowPage> copies = new TreeMap<>();
        for (byte[] answer : nodes.ask(names, step)) {
            PageStep.Answer of = PageStep.decode(answer);
            of.page().ifPresent(page -> copies.put(of.node(), page));
        }
        return copies;
    }

    private int align(Pages pages) throws InterruptedException {
        Map<RowKey, Map<String, Long>> differing = pages.differing();
        if (differing.isEmpty()) {
            return 0;
        }
        Pages again = new Pages(pages.place, ask(pages.place));
        if (!again.copies.keySet().equals(pages.copies.keySet())) {
            return 0; // a node has come or gone, and the comparison after tells of it
        }
        Map<RowKey, Map<String, Long>> still = again.differing();
        differing.entrySet().removeIf(each -> !each.getValue().equals(still.get(each.getKey())));
        Set<String> copies = pages.copies.keySet();
        RowBringer by = bringer;
        if (by == null) {
            differing.forEach((key, had) -> leave(pages.place, key, had, copies));
            return 0;
        }
        List<Won> won = new ArrayList<>();
        differing.forEach((key, had) -> Majority.of(had.values(), copies.size())
                .ifPresentOrElse(digest -> won.add(new Won(key, digest)), () -> leave(pages.place, key, had, copies)));
        List<Won> refused = by.bring(pages.place.cache, won);
        refused.forEach(each -> leave(pages.place, each.key(), differing.getOrDefault(each.key(), Map.of()), copies));
        return won.size() - refused.size();
    }

    private void leave(Place place, RowKey key, Map<String, Long> had, Set<String> copies) {
        left.add(place.partition.partition(), place.cache, own.open(place.cache, key), had, copies);
    }
}
