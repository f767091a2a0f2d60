package io.swarmgrid.config;

import java.time.Duration;

/**
 * How blocks at rest are checked.
 *
 * @param rate bytes a second that a node reads for it; 0 turns it off
 * @param interval from the beginning of one pass over all blocks of a node to the beginning of the next; a pass that takes
 *     longer is followed by the next at once
 */
public record ScrubConfig(DataSize rate, Duration interval) {
    public ScrubConfig {
        new Checks()
                .between("rate", rate, "0B", "1TiB")
                .between("interval", interval, "1s", "365d")
                .done();
    }

    static ScrubConfig defaults() {
        return new ScrubConfig(DataSize.ofMebibytes(16), Duration.ofDays(7));
    }
}
