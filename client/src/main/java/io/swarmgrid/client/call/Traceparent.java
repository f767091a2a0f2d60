package io.swarmgrid.client.call;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The caller's place in a trace, as the header {@code traceparent} of the W3C's Trace Context says it. A node makes no spans of
 * its own: it carries this on to whatever it calls for the caller.
 *
 * @param header as it came
 */
public record Traceparent(String header) {
    /** The name of the header, and of the variable of a program's environment in upper case. */
    public static final String NAME = "traceparent";

    public static final String VARIABLE = "TRACEPARENT";

    private static final int VERSION_0_CHARACTERS = 55;
    private static final int MAX_CHARACTERS = 512;
    private static final int TRACE_ID_START = 3;
    private static final int TRACE_ID_END = 35;
    private static final Pattern FORM = Pattern.compile(
            "(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-[\\x21-\\x7e]*)?");

    public Traceparent {
        if (!isValid(header)) {
            throw new IllegalArgumentException("bad traceparent: " + header);
        }
    }

    /** Null where there is none, or one that cannot be used: the W3C asks to go on without it then. */
    public static @Nullable Traceparent parse(@Nullable String header) {
        return header != null && isValid(header) ? new Traceparent(header) : null;
    }

    /** 32 hexadecimal digits that all calls of one trace share. */
    public String traceId() {
        return header.substring(TRACE_ID_START, TRACE_ID_END);
    }

    private static boolean isValid(String header) {
        return header.length() <= MAX_CHARACTERS
                && FORM.matcher(header).matches()
                && (header.length() == VERSION_0_CHARACTERS || !header.startsWith("00"));
    }

    @Override
    public String toString() {
        return header;
    }
}
