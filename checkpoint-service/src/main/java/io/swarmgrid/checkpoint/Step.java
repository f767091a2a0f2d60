package io.swarmgrid.checkpoint;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.storage.namespace.Files;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A step of a series, and where it lies; names sort as their numbers do. */
record Step(GridPath series, long number) {
    static final long MAX_NUMBER = 999_999_999_999L;
    private static final Pattern NAME = Pattern.compile("step-(\\d{12})");

    Step {
        if (number < 0 || number > MAX_NUMBER) {
            throw GridException.invalid("bad step: " + number + ", expected 0 to " + MAX_NUMBER);
        }
        checkSeries(series);
    }

    static Optional<Step> of(GridPath series, String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches() ? Optional.of(new Step(series, Long.parseLong(matcher.group(1)))) : Optional.empty();
    }

    /** The step that lies at this path; empty where it is not the path of one. */
    static Optional<Step> at(GridPath path) {
        GridPath parent = path.parent();
        return parent == null || parent.isRoot() ? Optional.empty() : of(parent, path.name());
    }

    static GridPath checkSeries(GridPath series) {
        GridPath hidden = Files.STAGING.parent();
        if (series.isRoot() || (hidden != null && series.startsWith(hidden))) {
            throw GridException.invalid("bad series: " + series + ", expected a directory such as /checkpoints/run-7");
        }
        return series;
    }

    String name() {
        return name(number);
    }

    static String name(long number) {
        return String.format("step-%012d", number);
    }

    GridPath path() {
        return series.child(name());
    }

    @Override
    public String toString() {
        return path().toString();
    }
}
