package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.PolicyAttributes;
import io.swarmgrid.config.Durations;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How long a file stays that nobody modifies: an attribute of the file, taken over from the directory that it is made in where its
 * writer asks for none. A directory itself stays.
 */
public final class TimeToLive {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private TimeToLive() {}

    /** That of an entry with these attributes; null where it stays. */
    public static @Nullable Duration of(Map<String, String> attributes) {
        String text = attributes.get(PolicyAttributes.TTL);
        return text == null ? null : parse(text);
    }

    /**
     * As people write it: {@code 12h}, {@code 7d}.
     *
     * @throws GridException INVALID_ARGUMENT
     */
    public static Duration parse(String text) {
        try {
            Duration ttl = Durations.parse(text);
            if (ttl.compareTo(SHORTEST) >= 0 && ttl.compareTo(LONGEST) <= 0) {
                return ttl;
            }
            throw bad(text, null);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw bad(text, e);
        }
    }

    private static GridException bad(String text, @Nullable RuntimeException cause) {
        return new GridException(
                ErrorCode.INVALID_ARGUMENT,
                "bad ttl: '" + text + "', expected 1s to 36500d, such as 12h or 7d",
                null,
                "it is how long a file stays that nobody modifies; swarm policy PATH --ttl none keeps it for ever",
                cause);
    }

    /** The attributes of a file with these of its own, made in a directory with those. */
    public static Map<String, String> inherited(Map<String, String> directory, Map<String, String> own) {
        String ttl = directory.get(PolicyAttributes.TTL);
        if (ttl == null || own.containsKey(PolicyAttributes.TTL)) {
            return own;
        }
        Map<String, String> all = new LinkedHashMap<>(own);
        all.put(PolicyAttributes.TTL, ttl);
        return all;
    }
}
