package io.swarmgrid.hadoop;

import io.swarmgrid.client.wire.FileStatus;

/** A status that has what the grid said, and with it the identity of the file. */
interface KnownEntry {
    FileStatus entry();
}
