package io.swarmgrid.storage.outer;

import io.swarmgrid.client.GridException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

/**
 * The address of an outer store, in one form: no slash at its end, the scheme in small letters.
 *
 * @param text as it is shown and kept
 */
record OuterAddress(String text, URI uri) {
    static final String LOCAL = "file";

    /** @throws GridException INVALID_ARGUMENT */
    static OuterAddress parse(String text) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw GridException.invalid("bad address of an outer store: '" + text + "': " + e.getReason());
        }
        String scheme = uri.getScheme();
        String path = uri.getPath();
        if (scheme == null || path == null || (!path.isEmpty() && !path.startsWith("/"))) {
            throw GridException.invalid("bad address of an outer store: '" + text
                    + "', expected such as file:///data or s3a://bucket/sets");
        }
        if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
            // Not shown: what stands there may be a key.
            throw GridException.invalid("bad address of an outer store: it has more than a scheme, a host and a path"
                    + " (keys belong into storage.outer.hadoop-conf)");
        }
        if (List.of(path.split("/")).stream().anyMatch(name -> name.equals("..") || name.equals("."))) {
            throw GridException.invalid("bad address of an outer store: '" + text + "' has '.' or '..' in its path");
        }
        String small = scheme.toLowerCase(Locale.ROOT);
        String authority = uri.getRawAuthority();
        String raw = uri.getRawPath().replaceAll("/+", "/").replaceAll("/$", "");
        if (small.equals(LOCAL) && authority != null && !authority.equals("localhost")) {
            throw GridException.invalid("bad address of an outer store: '" + text + "', a file has no host");
        }
        String whole = small + "://" + (authority == null || small.equals(LOCAL) ? "" : authority) + raw;
        return new OuterAddress(whole, URI.create(raw.isEmpty() ? whole + "/" : whole));
    }

    boolean isLocal() {
        return LOCAL.equals(uri.getScheme());
    }

    /** Whether this is that, or lies below it. */
    boolean isWithin(OuterAddress other) {
        return text.equals(other.text) || text.startsWith(other.text + "/");
    }
}
