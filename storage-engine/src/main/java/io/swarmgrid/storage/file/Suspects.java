package io.swarmgrid.storage.file;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Nodes that failed a reader: they are asked last from then on. Thread-safe. */
final class Suspects {
    private final Set<String> nodes = ConcurrentHashMap.newKeySet();

    void add(String node) {
        nodes.add(node);
    }

    boolean has(String node) {
        return nodes.contains(node);
    }
}
