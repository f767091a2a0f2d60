package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.PolicyAttributes;
import io.swarmgrid.config.Durability;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a directory asks of the files that are made in it, where whoever makes one asks for nothing else. It is kept among the
 * directory's attributes under the names of {@link PolicyAttributes}, and a directory takes over those of the one that it
 * is made in: so finding it costs one look at the directory above, however deep that is. What is there already stays as it
 * is; a directory that is renamed keeps its policy.
 *
 * @param durability null where nothing is said
 * @param replicas 0 where nothing is said
 */
public record StoragePolicy(@Nullable Durability durability, int replicas) {
    public static final StoragePolicy NONE = new StoragePolicy(null, 0);

    /** As many copies as may be asked for. */
    public static final int MAX_REPLICAS = 16;

    /** That of a directory with these attributes. */
    public static StoragePolicy of(Map<String, String> attributes) {
        String durability = attributes.get(PolicyAttributes.DURABILITY);
        String replicas = attributes.get(PolicyAttributes.REPLICAS);
        return durability == null && replicas == null
                ? NONE
                : new StoragePolicy(
                        durability == null ? null : durability(durability), replicas == null ? 0 : replicas(replicas));
    }

    /** The attributes that say this. */
    public Map<String, String> attributes() {
        Map<String, String> attributes = new LinkedHashMap<>();
        if (durability != null) {
            attributes.put(PolicyAttributes.DURABILITY, durability.name().toLowerCase(Locale.ROOT));
        }
        if (replicas > 0) {
            attributes.put(PolicyAttributes.REPLICAS, Integer.toString(replicas));
        }
        return attributes;
    }

    /** Those attributes that a new directory takes over from the one that it is made in. */
    public static Map<String, String> inherited(Map<String, String> attributes) {
        Map<String, String> kept = new LinkedHashMap<>(attributes);
        kept.keySet().removeIf(name -> !PolicyAttributes.isReserved(name));
        return kept;
    }

    /**
     * Refuses reserved attributes that mean nothing.
     *
     * @param value null where the attribute is removed
     * @throws GridException INVALID_ARGUMENT
     */
    public static void check(String name, @Nullable String value) {
        if (!PolicyAttributes.isReserved(name)) {
            return;
        }
        switch (name) {
            case PolicyAttributes.DURABILITY -> {
                if (value != null) {
                    durability(value);
                }
            }
            case PolicyAttributes.REPLICAS -> {
                if (value != null) {
                    replicas(value);
                }
            }
            case PolicyAttributes.TTL -> {
                if (value != null) {
                    TimeToLive.parse(value);
                }
            }
            case PolicyAttributes.PIN ->
                throw GridException.invalid("attribute " + PolicyAttributes.PIN + " is set by cache.pin and cache.unpin"
                        + " (swarm pin, swarm unpin), which change the blocks with it");
            default ->
                throw GridException.invalid("unknown attribute: " + name + " (those that begin with "
                        + PolicyAttributes.PREFIX + " are " + PolicyAttributes.DURABILITY + ", "
                        + PolicyAttributes.REPLICAS + " and " + PolicyAttributes.TTL + ")");
        }
    }

    /** The word for a durability. */
    public static Durability durability(String word) {
        return Arrays.stream(Durability.values())
                .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(word))
                .findFirst()
                .orElseThrow(() -> GridException.invalid(
                        "bad durability: '" + word + "', expected one of: memory, process, power"));
    }

    /** The same for a word that may be missing. */
    public static @Nullable Durability asked(@Nullable String word) {
        return word == null ? null : durability(word);
    }

    /**
     * The number of copies that a caller asks for.
     *
     * @param asked null where nothing is said
     * @return 0 where nothing is said
     * @throws GridException INVALID_ARGUMENT
     */
    public static int replicas(@Nullable Integer asked) {
        if (asked == null) {
            return 0;
        }
        if (asked < 1 || asked > MAX_REPLICAS) {
            throw GridException.invalid("bad replicas: " + asked + ", expected 1 to " + MAX_REPLICAS);
        }
        return asked;
    }

    private static int replicas(String text) {
        if (!text.matches("[0-9]{1,2}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MAX_REPLICAS) {
            throw GridException.invalid("bad replicas: '" + text + "', expected 1 to " + MAX_REPLICAS);
        }
        return Integer.parseInt(text);
    }
}
