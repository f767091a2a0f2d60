package io.swarmgrid.client.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a put does where there is something already. */
public enum PutMode {
    /** Refuses. */
    @JsonProperty("create")
    CREATE,
    /** Adds rows to the dataset, which must have the same schema; makes it where there is none. */
    @JsonProperty("append")
    APPEND,
    /** Replaces it, in one step. */
    @JsonProperty("overwrite")
    OVERWRITE
}
