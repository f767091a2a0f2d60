package io.swarmgrid.storage.dataset;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.storage.staging.StagedSession;
import io.swarmgrid.storage.staging.Staging;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directory that one put stages its files in, and the session it is for, both kept alive while the put goes on. */
final class OwnDirectory {
    private static final Logger log = LoggerFactory.getLogger(OwnDirectory.class);
    private static final String KIND = "dataset-put";

    private final Staging staging;
    private final Clock clock;
    private final StagedSession own;
    private final @Nullable StagedSession session;
    private long touchedMs;

    private OwnDirectory(Staging staging, Clock clock, StagedSession own, @Nullable StagedSession session) {
        this.staging = staging;
        this.clock = clock;
        this.own = own;
        this.session = session;
        this.touchedMs = clock.millis();
    }

    /** @param session that the put is for; null for a put by itself */
    static OwnDirectory begin(
            Staging staging, Clock clock, CallContext context, GridPath target, @Nullable StagedSession session) {
        return new OwnDirectory(staging, clock, staging.begin(context, KIND, target, "{}", null), session);
    }

    String id() {
        return own.id();
    }

    GridPath content() {
        return own.content();
    }

    /** The put is still going on; cheap when called often. */
    void touchIfDue() {
        long now = clock.millis();
        if (now - touchedMs > staging.idle().toMillis() / 4) {
            touchedMs = now;
            staging.touch(own.id(), own.kind());
            if (session != null) {
                staging.touch(session.id(), session.kind());
            }
        }
    }

    /** Removes what was staged, or what is left of it. Idempotent. */
    void discard() {
        try {
            staging.abort(own.id());
        } catch (GridException e) {
            log.info("staged files stay until they expire: id={}, error={}", own.id(), e.getMessage());
        }
    }
}
