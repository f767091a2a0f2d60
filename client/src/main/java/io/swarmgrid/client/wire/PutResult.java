package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * What a put has done: the last PutResult of a DoPut, and the answer of {@code dataset.commit}.
 *
 * @param committed false inside a session, until the session is committed
 * @param rows of a dataset; null for raw bytes
 * @param version of the entry once it is visible; 0 before
 */
public record PutResult(
        boolean committed, String path, @Nullable Long rows, long sizeBytes, long version) {}
