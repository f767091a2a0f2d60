package io.swarmgrid.storage.membership;

import java.util.Arrays;
import org.apache.ignite.Ignite;
import org.apache.ignite.failure.AbstractFailureHandler;
import org.apache.ignite.failure.FailureContext;
import org.apache.ignite.internal.processors.cache.GridCacheTtlManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A metadata engine that failed (a full disk, a dead critical thread) must not go on: says so and lets it be ended. */
final class EngineFailure extends AbstractFailureHandler {
    private static final Logger LOG = LoggerFactory.getLogger(EngineFailure.class);

    private static final String EXPIRY = "name=ttl-cleanup-worker,";

    private final Runnable onFailure;
    private final Runnable onExpiryOfNothing;
    private volatile boolean expiryEnds;

    /** @param onExpiryOfNothing where the thread that looks for what expires has ended since there was no partition to look in */
    EngineFailure(Runnable onFailure, Runnable onExpiryOfNothing) {
        this.onFailure = onFailure;
        this.onExpiryOfNothing = onExpiryOfNothing;
    }

    @Override
    protected boolean handle(Ignite ignite, FailureContext failure) {
        if (isExpiryOfNothing(failure.error())) {
            expiryEnds = true; // and tells so by itself
            return false;
        }
        if (expiryEnds && String.valueOf(failure.error().getMessage()).contains(EXPIRY)) {
            expiryEnds = false;
            onExpiryOfNothing.run();
            return false;
        }
        LOG.error("metadata engine failed: type={}", failure.type(), failure.error());
        onFailure.run();
        return true;
    }

    /** It draws one of the partitions that are here, also where that are none: {@code GridCacheOffheapManager.expire} in 2.17. */
    private static boolean isExpiryOfNothing(Throwable error) {
        return error instanceof IllegalArgumentException
                && Arrays.stream(error.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(GridCacheTtlManager.class.getName()));
    }
}
