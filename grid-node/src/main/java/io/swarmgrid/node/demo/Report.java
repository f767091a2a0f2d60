package io.swarmgrid.node.demo;

import io.swarmgrid.node.cli.Output;
import io.swarmgrid.node.cli.Table;
import io.swarmgrid.node.cli.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the demo did, step by step, how fast, and which proofs held. Used by one thread. */
final class Report {
    /** One line of the final table. */
    record Line(int step, String what, String howMuch, String howFast, String check, boolean held) {}

    private final Output output;
    private final List<Line> lines = new ArrayList<>();
    private int step;

    Report(Output output) {
        this.output = output;
    }

    /** Begins a step. */
    void step(String title) {
        step++;
        tell(String.format(Locale.ROOT, "%n%d. %s", step, title));
    }

    /** Something worth knowing that is no check. */
    void note(String text) {
        tell("   " + text);
    }

    /** Records what was done together with what was proved about it. */
    void check(String what, String howMuch, String howFast, String check, boolean held) {
        lines.add(new Line(step, what, howMuch, howFast, check, held));
        tell("   " + (held ? "ok    " : "FAILED ") + check);
    }

    boolean allHeld() {
        return !lines.isEmpty() && lines.stream().allMatch(Line::held);
    }

    void print(long elapsedNanos) {
        long held = lines.stream().filter(Line::held).count();
        if (output.json()) {
            output.document(Map.of("held", allHeld(), "duration_ms", elapsedNanos / 1_000_000, "checks", lines));
            return;
        }
        Table table = new Table("", "WHAT", ">HOW MUCH", ">HOW FAST", "CHECK", "HELD");
        for (Line line : lines) {
            table.row(
                    Integer.toString(line.step()),
                    line.what(),
                    line.howMuch(),
                    line.howFast(),
                    line.check(),
                    line.held() ? "yes" : "NO");
        }
        output.line("");
        table.print(output.out());
        output.line("");
        output.line(String.format(
                Locale.ROOT, "%d of %d checks held, in %s", held, lines.size(), Units.nanos(elapsedNanos)));
    }

    private void tell(String line) {
        if (!output.json()) {
            output.line(line);
        }
    }
}
