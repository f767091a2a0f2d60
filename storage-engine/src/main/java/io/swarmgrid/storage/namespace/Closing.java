package io.swarmgrid.storage.namespace;

/** Why a visible file is closed. */
public enum Closing {
    /** Its writer has written all that there is to be. */
    ENDED,
    /** Its writer is gone; should he come back, and nobody else had the file meanwhile, he goes on with it. */
    LEFT
}
