package io.swarmgrid.checkpoint;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whether what is staged is a whole step. */
final class Completeness {
    private static final int NAMED = 16;
    private static final Pattern NUMBERED = Pattern.compile("(\\D*)(\\d{1,9})(.*)");

    private Completeness() {}

    /**
     * @param expected how many shards were announced; null for any number from one on
     * @throws GridException PRECONDITION_FAILED that names what is missing, open or too much
     */
    static void check(Step step, List<FileStatus> staged, @Nullable Integer expected) {
        List<String> open = staged.stream()
                .filter(entry -> entry.kind() != EntryKind.FILE || "open".equals(entry.state()))
                .map(Completeness::name)
                .toList();
        if (!open.isEmpty()) {
            throw refused(step, "not sealed: " + some(open), "end or repeat their puts, then commit again");
        }
        if (staged.isEmpty()) {
            throw refused(step, "no shard was put", "put the shards, then commit again");
        }
        if (expected == null || staged.size() == expected) {
            return;
        }
        List<String> names = staged.stream().map(Completeness::name).toList();
        String counted = staged.size() + " of " + expected + " shards are there";
        if (staged.size() > expected) {
            throw refused(step, counted + ": " + some(names), "begin with the right number of shards");
        }
        List<String> missing = missing(names, expected);
        String detail = missing.isEmpty() ? "there: " + some(names) : "missing: " + some(missing);
        throw refused(step, counted + ", " + detail, "put what is missing, then commit again");
    }

    /** Names that are not there, where the names that are there count from zero; empty where no rule is seen. */
    static List<String> missing(List<String> names, int expected) {
        Set<String> forms = new HashSet<>();
        Set<Integer> seen = new HashSet<>();
        int width = 0;
        String before = "";
        String after = "";
        for (String name : names) {
            Matcher matcher = NUMBERED.matcher(name);
            if (!matcher.matches()) {
                return List.of();
            }
            before = matcher.group(1);
            after = matcher.group(3);
            forms.add(before + '\0' + after);
            seen.add(Integer.parseInt(matcher.group(2)));
            width = matcher.group(2).startsWith("0")
                    ? Math.max(width, matcher.group(2).length())
                    : width;
        }
        if (forms.size() != 1 || seen.stream().anyMatch(number -> number >= expected)) {
            return List.of();
        }
        List<String> missing = new ArrayList<>();
        for (int number = 0; number < expected; number++) {
            if (!seen.contains(number)) {
                String digits = Integer.toString(number);
                missing.add(before + "0".repeat(Math.max(0, width - digits.length())) + digits + after);
            }
        }
        return missing;
    }

    static String name(FileStatus entry) {
        return entry.path().substring(entry.path().lastIndexOf('/') + 1);
    }

    private static String some(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
                + (names.size() > NAMED ? ", and " + (names.size() - NAMED) + " more" : "");
    }

    private static GridException refused(Step step, String why, String hint) {
        return new GridException(
                ErrorCode.PRECONDITION_FAILED,
                "cannot commit checkpoint: path=" + step + ": " + why,
                step.toString(),
                hint,
                null);
    }
}
