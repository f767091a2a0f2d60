package io.swarmgrid.client.call;

import java.util.Locale;

/** What a token may be used for. */
public enum Grant {
    READ,
    WRITE,
    /** Running programs on the grid's nodes. */
    TASKS,
    /** Changing the grid itself. */
    ADMIN,
    /** Replica traffic and what else nodes ask of each other; never given to a token. */
    NODE;

    /** The word in the tokens file. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
