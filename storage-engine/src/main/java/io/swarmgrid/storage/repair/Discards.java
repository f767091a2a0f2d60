package io.swarmgrid.storage.repair;

import io.swarmgrid.storage.membership.Peers;
import io.swarmgrid.storage.namespace.BlockCensus.Copy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells nodes which of their copies are not recorded any more. Each deletes its own, after another look at the metadata; what it is
 * not told it finds as an orphan later. Confined to one thread.
 */
final class Discards {
    private static final int PAGE = 2000;

    private final Peers peers;
    private final Map<String, List<Copy>> pages = new HashMap<>();
    private final Map<String, List<Copy>> nearPages = new HashMap<>();

    Discards(Peers peers) {
        this.peers = peers;
    }

    void add(String node, Copy copy) {
        List<Copy> page = pages.computeIfAbsent(node, name -> new ArrayList<>());
        page.add(copy);
        if (page.size() >= PAGE) {
            send(node, page);
        }
    }

    /** The same of a near copy. */
    void addNear(String node, Copy copy) {
        List<Copy> page = nearPages.computeIfAbsent(node, name -> new ArrayList<>());
        page.add(copy);
        if (page.size() >= PAGE) {
            sendNear(node, page);
        }
    }

    /** Sends what was added and not sent yet. */
    void send() {
        pages.forEach(this::send);
        nearPages.forEach(this::sendNear);
    }

    private void sendNear(String node, List<Copy> page) {
        if (!page.isEmpty()) {
            peers.send(node, Repair.TOPIC, new RepairMessage.ReleaseNear(page).encode());
            page.clear();
        }
    }

    private void send(String node, List<Copy> page) {
        if (!page.isEmpty()) {
            peers.send(node, Repair.TOPIC, new RepairMessage.Discard(page).encode());
            page.clear();
        }
    }
}
