package io.swarmgrid.client.wire;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What an entry is. A dataset is a directory with a schema. */
public enum EntryKind {
    @JsonProperty("file")
    FILE,
    @JsonProperty("directory")
    DIRECTORY,
    @JsonProperty("dataset")
    DATASET
}
