package io.swarmgrid.client.bytes;

import io.swarmgrid.client.wire.PutResult;
import org.jspecify.annotations.Nullable;

/** What a node says during a PutFile: one of these, the result last. */
public record PutNotice(
        @Nullable BlockPlace block, @Nullable PutResult result) {}
