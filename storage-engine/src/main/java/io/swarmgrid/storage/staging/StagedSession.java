package io.swarmgrid.storage.staging;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.SessionInfo;
import io.swarmgrid.storage.namespace.Files;

/**
 * A session as it was when it was asked for.
 *
 * @param id its name, also that of its directory
 * @param kind what is being staged, such as {@code dataset}; a session is found only by the kind it was begun with
 * @param target what it will become, once committed
 * @param request JSON of what was asked at begin
 * @param expiresMs when it is given up, milliseconds since the epoch, unless it is touched before
 */
public record StagedSession(String id, String kind, GridPath target, String request, long expiresMs) {
    static final String CONTENT = "content";

    /**
     * Where the staged files lie: what a {@link io.swarmgrid.storage.namespace.Publication} publishes. It is a child of
     * the session's own directory, so that what is published does not carry the session's attributes.
     */
    public GridPath content() {
        return home(id).child(CONTENT);
    }

    /** As the wire tells it. */
    public SessionInfo info() {
        return new SessionInfo(id, target.toString(), expiresMs);
    }

    static GridPath home(String id) {
        return Files.STAGING.child(id);
    }
}
