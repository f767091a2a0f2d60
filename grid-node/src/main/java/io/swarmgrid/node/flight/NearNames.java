package io.swarmgrid.node.flight;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** The names that someone may have meant. */
final class NearNames {
    private static final int MOST = 3;

    private NearNames() {}

    /** At most three of the known names, the nearest first; those that share nothing are left out. */
    static List<String> of(String name, Collection<String> known) {
        String shown = name.length() > 64 ? name.substring(0, 64) : name;
        return known.stream()
                .filter(each -> distance(shown, each) <= Math.max(2, each.length() / 3)
                        || family(shown).equals(family(each)))
                .sorted(Comparator.comparingInt((String each) -> distance(shown, each))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(MOST)
                .toList();
    }

    private static String family(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    /** How many letters must be changed, added or dropped. */
    static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int corner = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = corner + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                corner = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
