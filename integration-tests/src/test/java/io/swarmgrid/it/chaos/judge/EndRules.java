package io.swarmgrid.it.chaos.judge;

import io.swarmgrid.it.chaos.judge.EndState.Block;
import io.swarmgrid.it.chaos.judge.EndState.Copy;
import io.swarmgrid.it.chaos.judge.EndState.DiskFile;
import io.swarmgrid.it.chaos.judge.EndState.Entry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What must hold of the state in the end: metadata and disks agree, all copies are there, and nothing else is. */
final class EndRules {
    private static final Set<String> WHOLE = Set.of(Entry.SEALED, Entry.DIRECTORY, Entry.DATASET);

    private final List<Finding> findings = new ArrayList<>();
    private final Set<String> named;
    private final EndState state;
    /** The grid names the files of these. */
    private final Set<String> datasets;

    private EndRules(Set<String> named, EndState state) {
        this.named = named;
        this.state = state;
        this.datasets = state.entries().stream()
                .filter(entry -> entry.state().equals(Entry.DATASET))
                .map(Entry::path)
                .collect(Collectors.toSet());
    }

    /** @param named the paths that some operation named */
    static List<Finding> findings(Set<String> named, EndState state) {
        EndRules rules = new EndRules(named, state);
        state.entries().forEach(rules::entry);
        rules.disks();
        state.left().files().forEach(file -> rules.add(Breach.STRAY_FILE, file, "it belongs to no block"));
        rules.none(Breach.LEAKED_LEASE, state.left().leases(), "files that are being written");
        rules.none(Breach.LEAKED_SESSION, state.left().sessions(), "staged sessions");
        state.unreadable().forEach((path, why) -> rules.add(Breach.UNREADABLE, path, why));
        state.problems().forEach(problem -> rules.add(Breach.CHECK_FAILED, "the grid", problem));
        return rules.findings;
    }

    private void entry(Entry entry) {
        if (!named.contains(entry.path()) && !datasets.contains(parent(entry.path()))) {
            add(Breach.STRAY_ENTRY, entry.path(), "no operation named it");
        }
        if (!WHOLE.contains(entry.state())) {
            add(Breach.LEAKED_LEASE, entry.path(), "its state is " + entry.state());
        }
        Set<Copy> files = state.disk().stream().map(DiskFile::copy).collect(Collectors.toSet());
        for (Block block : entry.blocks()) {
            Set<String> nodes = block.copies().stream().map(Copy::node).collect(Collectors.toSet());
            if (nodes.size() < block.wanted()) {
                add(
                        Breach.LACKING_COPY,
                        entry.path(),
                        "block " + block.id() + " has " + nodes.size() + " of " + block.wanted() + " copies: " + nodes);
            }
            block.copies().stream()
                    .filter(copy -> !files.contains(copy))
                    .forEach(copy -> add(Breach.MISSING_COPY, entry.path(), "no file of " + copy));
        }
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    private void disks() {
        Set<Copy> recorded = new HashSet<>();
        state.entries().forEach(entry -> entry.blocks().forEach(block -> recorded.addAll(block.copies())));
        state.disk().stream()
                .filter(file -> !recorded.contains(file.copy()))
                .forEach(file -> add(Breach.LEAKED_BLOCK, file.file(), "no file of the namespace has " + file.copy()));
    }

    private void none(Breach breach, Map<String, Long> counts, String what) {
        counts.forEach((where, count) -> {
            if (count != 0) {
                add(breach, where, count + " " + what);
            }
        });
    }

    private void add(Breach breach, String where, String text) {
        findings.add(new Finding(breach, where, text));
    }
}
