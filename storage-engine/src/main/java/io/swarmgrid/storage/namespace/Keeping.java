package io.swarmgrid.storage.namespace;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.PolicyAttributes;
import io.swarmgrid.config.Medium;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many near copies of a block there should be, and on what.
 *
 * @param near null where there should be none
 */
public record Keeping(int copies, @Nullable Medium near) {
    public static final Keeping NONE = new Keeping(0, null);

    /** As many near copies as may be asked for. */
    public static final int MAX_COPIES = 16;

    public Keeping {
        if (copies < 0 || copies > MAX_COPIES || (copies == 0) != (near == null)) {
            throw new IllegalArgumentException("bad keeping: copies=" + copies + ", near=" + near);
        }
    }

    /** What an entry with these attributes has asked for. */
    public static Keeping of(@Nullable Map<String, String> attributes) {
        String text = attributes == null ? null : attributes.get(PolicyAttributes.PIN);
        return text == null ? NONE : parse(text);
    }

    /** An entry's attributes, with this one asked for and no other. */
    public Map<String, String> in(Map<String, String> attributes) {
        if (of(attributes).equals(this)) {
            return attributes;
        }
        Map<String, String> changed = new LinkedHashMap<>(attributes);
        if (near == null) {
            changed.remove(PolicyAttributes.PIN);
        } else {
            changed.put(PolicyAttributes.PIN, toString());
        }
        return changed;
    }

    /** As {@link #toString} writes it. */
    static Keeping parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0 || !text.substring(colon + 1).matches("[0-9]{1,2}")) {
            throw GridException.invalid("bad pin: '" + text + "', expected TIER:COPIES");
        }
        return asked(medium(text.substring(0, colon)), Integer.parseInt(text.substring(colon + 1)));
    }

    /**
     * So many copies on such a medium.
     *
     * @throws GridException INVALID_ARGUMENT
     */
    public static Keeping asked(Medium medium, int copies) {
        if (copies < 1 || copies > MAX_COPIES) {
            throw GridException.invalid("bad copies: " + copies + ", expected 1 to " + MAX_COPIES);
        }
        return new Keeping(copies, medium);
    }

    /**
     * The medium of a name.
     *
     * @throws GridException INVALID_ARGUMENT
     */
    public static Medium medium(String name) {
        return Arrays.stream(Medium.values())
                .filter(medium -> name(medium).equals(name))
                .findFirst()
                .orElseThrow(() -> GridException.invalid("bad tier: '" + name + "', expected one of: mem, ssd, hdd"));
    }

    /** Its name to callers. */
    public static String name(Medium medium) {
        return medium.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return near == null ? "none" : name(near) + ":" + copies;
    }
}
