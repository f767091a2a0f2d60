package io.swarmgrid.storage.mounted;

import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.MountStatistics;
import io.swarmgrid.storage.membership.GridNodeInfo;
import io.swarmgrid.storage.mounted.Pages.Hop;
import io.swarmgrid.storage.outer.OuterBytes;
import io.swarmgrid.storage.outer.OuterStore;
import io.swarmgrid.storage.outer.OuterStores;
import io.swarmgrid.storage.replica.DataPath;
import io.swarmgrid.storage.replica.Patience;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings pages from where they come from: the node that is their home, or the store. Thread-safe. */
final class PageOrigin {
    private static final Logger LOG = LoggerFactory.getLogger(PageOrigin.class);
    /** So much of a file has one home: it is asked for some pages at once, and a large file has many. */
    private static final long PART_BYTES = 64L << 20;

    private static final int MAX_COUNTED = 1024;

    private final DataPath path;
    private final OuterStores stores;
    private final Homes homes;
    private final int pageBytes;
    private final Map<String, OuterCounts> counts = new ConcurrentHashMap<>();

    PageOrigin(DataPath path, OuterStores stores) {
        this.path = path;
        this.stores = stores;
        this.homes = new Homes(path.nodes());
        this.pageBytes = path.config().outer().pageSize().toIntBytes();
    }

    OuterCounts counts(String uri) {
        OuterCounts known = counts.get(uri);
        if (known != null) {
            return known;
        }
        // Those of mounts that come after so many are counted together.
        return counts.computeIfAbsent(counts.size() < MAX_COUNTED ? uri : "", key -> new OuterCounts());
    }

    List<MountStatistics> statistics() {
        List<MountStatistics> all = new ArrayList<>();
        counts.forEach((uri, each) -> all.add(each.shown(uri, path.near().pageEvictions(OuterFile.group(uri)))));
        return all;
    }

    /**
     * Brings pages that follow each other, each as soon as it is there.
     *
     * @param each owns the bytes it is given
     * @throws GridException where some of them cannot be had: those before have come
     */
    void bring(
            OuterFile file, List<PageFlight> flights, CallContext call, Hop hop, BiConsumer<PageFlight, ByteBuf> each) {
        long part = flights.get(0).index() * pageBytes / PART_BYTES;
        Optional<GridNodeInfo> home = hop == Hop.STORE ? Optional.empty() : homes.elsewhere(file, part);
        try {
            if (home.isPresent()) {
                try {
                    fromNode(file, flights, call, home.get(), each);
                    return;
                } catch (GridException e) {
                    if (e.code() == ErrorCode.CANCELLED) {
                        throw e;
                    }
                    // What it says of the file may be what its machine remembers of it, as those of NFS do.
                    LOG.debug("asks the store, since the home of a page does not give it: {}", e.toString());
                }
            }
            stores.store(file.uri()).askOn((store, came) -> fromStore(store, file, flights, each, came));
        } catch (GridException e) {
            counts(file.uri()).failures.increment();
            throw e;
        }
    }

    private void fromNode(
            OuterFile file,
            List<PageFlight> flights,
            CallContext call,
            GridNodeInfo home,
            BiConsumer<PageFlight, ByteBuf> each) {
        PageFlight last = flights.get(flights.size() - 1);
        long from = flights.get(0).index() * pageBytes;
        long to = last.index() * pageBytes + last.page().lengthBytes();
        OuterMessages.Read question = OuterMessages.Read.of(file, from, to - from);
        try (OuterStream stream = OuterStream.open(
                path, call, home, question, path.config().outer().patience().plus(Patience.READ))) {
            for (PageFlight flight : flights) {
                int length = (int) flight.page().lengthBytes();
                bring(flight, length, bytes -> stream.read(bytes, length), each);
                counts(file.uri()).nodeBytes.add(length);
            }
        }
    }

    /** May be called again after it has failed, and while an earlier call hangs. */
    private Boolean fromStore(
            OuterStore store,
            OuterFile file,
            List<PageFlight> flights,
            BiConsumer<PageFlight, ByteBuf> each,
            Runnable came) {
        List<PageFlight> missing =
                flights.stream().filter(flight -> !flight.hasCome()).toList();
        if (missing.isEmpty()) {
            return true;
        }
        OuterCounts counted = counts(file.uri());
        try (OuterBytes opened = store.open(file.path(), file.version())) {
            for (PageFlight flight : missing) {
                int length = (int) flight.page().lengthBytes();
                bring(flight, length, bytes -> opened.read(bytes, flight.index() * pageBytes, length), each);
                counted.storeReads.increment();
                counted.storeBytes.add(length);
                came.run();
            }
        }
        return true;
    }

    private interface Reading {
        void into(ByteBuf target);
    }

    private void bring(PageFlight flight, int length, Reading reading, BiConsumer<PageFlight, ByteBuf> each) {
        ByteBuf bytes = path.buffers().take(length);
        boolean whole = false;
        try {
            reading.into(bytes);
            whole = true;
        } finally {
            if (!whole) {
                bytes.release();
            }
        }
        each.accept(flight, bytes);
    }
}
