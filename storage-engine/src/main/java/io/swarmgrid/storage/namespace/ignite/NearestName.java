package io.swarmgrid.storage.namespace.ignite;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The name that was probably meant: the one with the fewest edits (a swap of neighbours is one), if those are few. */
final class NearestName {
    private static final int MAX_EDITS = 3;
    private static final int LETTERS_PER_EDIT = 3;

    private NearestName() {}

    static @Nullable String of(String wanted, List<String> names) {
        int best = Math.min(MAX_EDITS, Math.max(1, wanted.length() / LETTERS_PER_EDIT)) + 1;
        String nearest = null;
        for (String name : names) {
            if (Math.abs(name.length() - wanted.length()) < best) {
                int edits = edits(wanted, name);
                if (edits < best) {
                    best = edits;
                    nearest = name;
                }
            }
        }
        return nearest;
    }

    /** Optimal string alignment distance. */
    private static int edits(String a, String b) {
        int[] before = new int[b.length() + 1];
        int[] above = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                row[j] = Math.min(Math.min(row[j - 1], above[j]) + 1, above[j - 1] + change);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], before[j - 2] + 1);
                }
            }
            int[] spare = before;
            before = above;
            above = row;
            row = spare;
        }
        return above[b.length()];
    }
}
