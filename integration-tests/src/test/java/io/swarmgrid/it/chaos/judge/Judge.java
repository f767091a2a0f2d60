package io.swarmgrid.it.chaos.judge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The verdict over a run: for each path whether the answers fit one order of the operations, for each rename and each join whether it
 * was whole, and for the end whether all is there and nothing else.
 *
 * <p>Each path is judged by itself. That is enough while a name that something is renamed from or to is used for nothing else
 * that could hide a half of it.
 */
public final class Judge {
    private Judge() {}

    /**
     * Finds what is wrong.
     *
     * @param operations the last ones on each path are reads in the end state, for what is written last to be missed
     * @param others paths that are judged elsewhere
     * @return nothing where all is well
     */
    public static List<Finding> findings(List<Operation> operations, Set<String> others, EndState end) {
        Map<String, List<Operation>> byPath =
                operations.stream().collect(Collectors.groupingBy(Operation::path, TreeMap::new, Collectors.toList()));
        List<Finding> findings = new ArrayList<>();
        byPath.forEach((path, all) -> findings.addAll(new PathJudge(path, all).findings()));
        findings.addAll(HalfRenames.findings(byPath));
        findings.addAll(HalfJoins.findings(byPath));
        Set<String> named = new TreeSet<>(others);
        named.addAll(byPath.keySet());
        findings.addAll(EndRules.findings(named, end));
        return findings;
    }

    /**
     * What is wrong with the end state alone.
     *
     * @param named the paths that some operation named
     */
    public static List<Finding> findings(Set<String> named, EndState end) {
        return EndRules.findings(named, end);
    }
}
