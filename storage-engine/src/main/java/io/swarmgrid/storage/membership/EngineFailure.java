package io.swarmgrid.storage.membership;

import org.apache.ignite.Ignite;
import org.apache.ignite.failure.AbstractFailureHandler;
import org.apache.ignite.failure.FailureContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A metadata engine that failed (a full disk, a dead critical thread) must not go on: says so and lets it be ended. */
final class EngineFailure extends AbstractFailureHandler {
    private static final Logger LOG = LoggerFactory.getLogger(EngineFailure.class);

    private final Runnable onFailure;

    EngineFailure(Runnable onFailure) {
        this.onFailure = onFailure;
    }

    @Override
    protected boolean handle(Ignite ignite, FailureContext failure) {
        LOG.error("metadata engine failed: type={}", failure.type(), failure.error());
        onFailure.run();
        return true;
    }
}
