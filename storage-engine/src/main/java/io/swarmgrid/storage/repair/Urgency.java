package io.swarmgrid.storage.repair;

import io.swarmgrid.client.GridException;
import java.util.Arrays;

/** Why a copy is to be made, the most urgent first. */
enum Urgency {
    /** The block has too few. */
    LACKING(1),
    /** It has enough, but they stand too close together, or one is on a node that is draining. */
    LEAVING(2),
    /** It is safe; the copy only lies better elsewhere. */
    SPREAD(3),
    /** Somebody asked for a near copy. */
    NEAR(4),
    /** The block is read so much that a further node is to have a near copy. */
    HOT(5);

    private final int code;

    Urgency(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    static Urgency of(int code) {
        return Arrays.stream(values())
                .filter(urgency -> urgency.code == code)
                .findFirst()
                .orElseThrow(() -> GridException.invalid("repair message with unknown urgency " + code));
    }
}
