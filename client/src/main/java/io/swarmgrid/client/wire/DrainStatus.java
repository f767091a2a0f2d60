package io.swarmgrid.client.wire;

/**
 * How far a node has come with giving its blocks away.
 *
 * @param state {@code draining}, or {@code drained} once no block needs it any more
 * @param blocks copies that are still on it
 * @param sizeBytes what they come to
 */
public record DrainStatus(String state, long blocks, long sizeBytes) {
    public static final String DRAINING = "draining";
    public static final String DRAINED = "drained";

    public boolean hasEnded() {
        return state.equals(DRAINED);
    }
}
