package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.wire.BackupInfo;
import io.swarmgrid.storage.backup.BackupHead;
import io.swarmgrid.storage.backup.BackupPart;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A backup as the nodes that are up find it. Immutable once made; confined to one thread. */
final class FoundBackup {
    private final BackupHead head;
    private final TreeMap<String, Found> parts = new TreeMap<>();

    /**
     * A part and from where it can be read.
     *
     * @param seenBy a node that is up
     */
    record Found(BackupPart part, String seenBy, String root) {}

    private FoundBackup(BackupHead head) {
        this.head = head;
    }

    /** The latest first. */
    static List<FoundBackup> of(List<BackupShare.Answer> answers) {
        Map<String, FoundBackup> byId = new TreeMap<>();
        for (BackupShare.Answer answer : answers) {
            for (BackupPart part : answer.parts()) {
                byId.computeIfAbsent(part.backupId(), id -> new FoundBackup(part.head()))
                        .add(new Found(part, answer.node(), answer.root()));
            }
        }
        return byId.values().stream()
                .sorted(Comparator.comparingLong((FoundBackup each) -> each.head.createdMs())
                        .thenComparing(each -> each.head.name())
                        .reversed())
                .toList();
    }

    /** A node's own view of its part is the best one. */
    private void add(Found found) {
        parts.merge(found.part.node(), found, (one, other) -> other.seenBy.equals(other.part.node()) ? other : one);
    }

    BackupHead head() {
        return head;
    }

    List<Found> parts() {
        return List.copyOf(parts.values());
    }

    /** For each partition of the backup the parts that have it; none for one that was not found. */
    List<List<Found>> partitions() {
        List<List<Found>> having = new ArrayList<>();
        for (int i = 0; i < head.partitions(); i++) {
            having.add(new ArrayList<>(parts.size()));
        }
        for (Found found : parts.values()) {
            found.part.sums().forEach(sum -> having.get(sum.partition()).add(found));
        }
        return having;
    }

    /** Partitions of which no node that is up has anything. */
    List<Integer> missing() {
        List<List<Found>> having = partitions();
        List<Integer> missing = new ArrayList<>();
        for (int i = 0; i < having.size(); i++) {
            if (having.get(i).isEmpty()) {
                missing.add(i);
            }
        }
        return missing;
    }

    /** Nodes whose part is not found. */
    List<String> missingParts() {
        return head.nodes().stream().filter(node -> !parts.containsKey(node)).toList();
    }

    /** Partitions of which two parts say different things: they are not of one moment. */
    List<Integer> contradictions() {
        Map<Integer, BackupPart.Sum> known = new TreeMap<>();
        List<Integer> contradictions = new ArrayList<>();
        for (Found found : parts.values()) {
            for (BackupPart.Sum sum : found.part.sums()) {
                BackupPart.Sum first = known.putIfAbsent(sum.partition(), sum);
                if (first != null && !first.equals(sum) && !contradictions.contains(sum.partition())) {
                    contradictions.add(sum.partition());
                }
            }
        }
        return contradictions;
    }

    BackupInfo info() {
        Map<Integer, BackupPart.Sum> sums = new TreeMap<>();
        parts.values().forEach(found -> found.part.sums().forEach(sum -> sums.putIfAbsent(sum.partition(), sum)));
        return new BackupInfo(
                head.name(),
                head.backupId(),
                head.gridId(),
                head.productVersion(),
                head.createdMs(),
                sums.values().stream().mapToLong(BackupPart.Sum::files).sum(),
                sums.values().stream().mapToLong(BackupPart.Sum::directories).sum(),
                sums.values().stream().mapToLong(BackupPart.Sum::sizeBytes).sum(),
                parts.values().stream()
                        .mapToLong(found -> found.part.storedBytes())
                        .sum(),
                parts.values().stream().map(this::info).toList(),
                missingParts(),
                missing().isEmpty());
    }

    private BackupInfo.Part info(Found found) {
        return new BackupInfo.Part(
                found.part.node(),
                Path.of(found.root).resolve(head.name()).toString(),
                found.seenBy,
                found.part.storedBytes(),
                found.part.besideData());
    }
}
