package io.swarmgrid.client.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How far the grid is with a quota. */
public enum QuotaState {
    /** All that is there has been counted. */
    @JsonProperty("active")
    ACTIVE,
    /** What was there before is being counted; until then as much may come as what was counted so far leaves. */
    @JsonProperty("counting")
    COUNTING,
    /** It was taken away, and limits nothing. */
    @JsonProperty("clearing")
    CLEARING
}
