package io.swarmgrid.node.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows under headings, columns as wide as their widest cell; a heading that starts with {@code >} aligns right. */
public final class Table {
    private final List<String> headings = new ArrayList<>();
    private final List<Boolean> alignRight = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... headings) {
        for (String heading : headings) {
            alignRight.add(heading.startsWith(">"));
            this.headings.add(heading.startsWith(">") ? heading.substring(1) : heading);
        }
    }

    public Table row(String... cells) {
        if (cells.length != headings.size()) {
            throw new IllegalArgumentException("row of " + cells.length + " cells under " + headings.size());
        }
        rows.add(Arrays.asList(cells));
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    public void print(PrintStream out) {
        int[] widths = widths();
        if (!headings.stream().allMatch(String::isEmpty)) {
            printLine(out, headings, widths);
        }
        printRows(out, widths);
    }

    /** Prints the rows alone, in columns of another table's widths; a wider cell pushes the rest of its line aside. */
    void printRows(PrintStream out, int[] widths) {
        for (List<String> row : rows) {
            printLine(out, row, widths);
        }
    }

    /** Of each column, its widest cell. */
    int[] widths() {
        int[] widths = new int[headings.size()];
        for (int c = 0; c < widths.length; c++) {
            widths[c] = headings.get(c).length();
            for (List<String> row : rows) {
                widths[c] = Math.max(widths[c], row.get(c).length());
            }
        }
        return widths;
    }

    private void printLine(PrintStream out, List<String> cells, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int c = 0; c < widths.length; c++) {
            if (c > 0) {
                line.append("  ");
            }
            String cell = cells.get(c);
            String padding = " ".repeat(Math.max(0, widths[c] - cell.length()));
            line.append(alignRight.get(c) ? padding + cell : cell + padding);
        }
        out.println(line.toString().stripTrailing());
    }
}
