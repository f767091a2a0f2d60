package io.swarmgrid.storage.membership;

import io.swarmgrid.config.SwarmConfig;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.UUID;
import javax.cache.CacheException;
import org.apache.ignite.IgniteException;
import org.apache.ignite.internal.IgniteEx;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a grid that has become active who it is, and what was decided in it before: from then on this node takes calls.
 * Confined to the keeper's thread.
 */
final class IdentityLearner {
    private static final Logger LOG = LoggerFactory.getLogger(IdentityLearner.class);

    private final SwarmConfig config;
    private final EngineState state;
    private final EngineView view;
    private final Recovering recovering;
    private final SafeMode safeMode;
    private final SecureRandom random = new SecureRandom();

    IdentityLearner(SwarmConfig config, EngineState state, EngineView view, Recovering recovering, SafeMode safeMode) {
        this.config = config;
        this.state = state;
        this.view = view;
        this.recovering = recovering;
        this.safeMode = safeMode;
    }

    /** Learns it, or leaves all as it is where it cannot be read yet: to be called again. */
    void learn() {
        IgniteEx ignite = view.engine();
        if (ignite == null) {
            return;
        }
        GridIdentity learned;
        try {
            Optional<UUID> earlier = state.knownGridId().or(() -> Attributes.anyGridId(view.servers()));
            learned = GridIdentity.of(ignite, random, earlier);
            recovering.read(ignite);
            safeMode.read(ignite);
        } catch (IgniteException | IllegalStateException | CacheException e) {
            LOG.debug("the grid's identity cannot be read yet", e);
            return;
        }
        state.activated(learned);
        LOG.info("grid is active: grid={}, id={}, node={}", config.grid().name(), learned.id(), config.nodeName());
    }
}
