package io.swarmgrid.client.wire;

import org.jspecify.annotations.Nullable;

/**
 * A put by several writers that becomes visible by one commit; after {@code expiresMs} of silence it is given up.
 *
 * @param committed true where a put with the same id was committed already: nothing has to be sent, and the commit answers
 *     what it answered then; null otherwise
 */
public record SessionInfo(
        String session,
        String path,
        long expiresMs,
        @Nullable Boolean committed) {
    /** One that is open. */
    public SessionInfo(String session, String path, long expiresMs) {
        this(session, path, expiresMs, null);
    }

    public boolean isCommitted() {
        return Boolean.TRUE.equals(committed);
    }
}
