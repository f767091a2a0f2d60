package io.swarmgrid.it.chaos.judge;

import java.util.List;

/**
 * One breach.
 *
 * @param where the path, or the file on disk
 * @param text what is wrong, with the values that matter
 * @param slice the operations that show it, in the order they were made; empty where none do
 */
public record Finding(Breach breach, String where, String text, List<Operation> slice) {
    public Finding {
        slice = List.copyOf(slice);
    }

    Finding(Breach breach, String where, String text) {
        this(breach, where, text, List.of());
    }

    @Override
    public String toString() {
        StringBuilder lines = new StringBuilder(breach + " " + where + ": " + text);
        slice.forEach(
                operation -> lines.append(System.lineSeparator()).append("    ").append(operation));
        return lines.toString();
    }
}
