package io.swarmgrid.storage.outer;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/** When directories were looked through for what those have left who died while they wrote. Knows the last thousand. Thread-safe. */
public final class Sweeps {
    /** Whoever wrote one that is older has died over it. */
    private static final Duration OLD = Duration.ofDays(1);

    private static final Duration AGAIN = Duration.ofHours(1);
    private static final int MAX_KNOWN = 1000;

    private final InstantSource clock;

    @GuardedBy("this")
    private final Map<String, Instant> swept = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > MAX_KNOWN;
        }
    };

    public Sweeps(InstantSource clock) {
        this.clock = clock;
    }

    /** Whether a directory is to be looked through now, as the caller does then: not more often than once an hour. */
    public synchronized boolean isDue(String directory) {
        Instant now = clock.instant();
        Instant last = swept.get(directory);
        if (last != null && now.isBefore(last.plus(AGAIN))) {
            return false;
        }
        swept.remove(directory); // so that it is the youngest
        swept.put(directory, now);
        return true;
    }

    /** Whether a file with a {@link TemporaryName} is nobody's any more, by when it was last written to. */
    public boolean isLeft(Instant modified) {
        return modified.isBefore(clock.instant().minus(OLD));
    }
}
