package io.swarmgrid.checkpoint;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.storage.namespace.Files;
import java.util.Optional;

/*
 * A step's directory comes into being with its manifest in it, and is named like no other: so what does not lie in a directory of
 * such a name costs no look, and what does is either not there yet or as it was committed.
 */
/**
 * Keeps what lies in a committed step as its manifest has it: callers may read it and remove it, and rename or remove the step as
 * a whole, but change no single shard. Thread-safe.
 */
public final class StepGuard {
    private final Files files;

    public StepGuard(Files files) {
        this.files = files;
    }

    /**
     * Makes sure that an entry is none of a step.
     *
     * @param doing what is to be done with it, for the error: {@code rename}
     * @throws GridException PRECONDITION_FAILED that names the step
     */
    public void requireOutside(GridPath entry, String doing) {
        Optional<Step> step = Optional.ofNullable(entry.parent()).flatMap(Step::at);
        if (step.isPresent()
                && files.find(step.get().path().child(Manifest.NAME)).isPresent()) {
            throw refused(step.get(), entry, doing);
        }
    }

    private static GridException refused(Step step, GridPath entry, String doing) {
        return new GridException(
                ErrorCode.PRECONDITION_FAILED,
                "cannot " + doing + " " + entry + ": it would not be as the manifest of step " + step.number() + " of "
                        + step.series() + " has it",
                entry.toString(),
                "copy what is needed of it; a step is renamed as a whole, " + step
                        + ", and removed by swarm checkpoint rm",
                null);
    }
}
