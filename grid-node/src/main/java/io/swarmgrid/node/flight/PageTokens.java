package io.swarmgrid.node.flight;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.node.auth.Digests;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Where a listing goes on: opaque to callers, good on every node for the directory it was made for. Immutable. */
final class PageTokens {
    private static final int MAC_BYTES = 8;

    private final byte[] secret;

    PageTokens(byte[] gridSecret) {
        this.secret = gridSecret.clone();
    }

    /** More than the grid allows is cut to what it allows: the token says that there is more. */
    static int size(@Nullable Integer asked, int most) {
        if (asked == null) {
            return most;
        }
        if (asked < 1) {
            throw GridException.invalid("bad page_size: " + asked + ", expected at least 1");
        }
        return Math.min(asked, most);
    }

    String issue(GridPath directory, String lastName) {
        byte[] name = lastName.getBytes(StandardCharsets.UTF_8);
        byte[] token = Arrays.copyOf(mac(directory, lastName), MAC_BYTES + name.length);
        System.arraycopy(name, 0, token, MAC_BYTES, name.length);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    /** The name to go on after; null for the first page. INVALID_ARGUMENT where the token is not of this listing. */
    @Nullable
    String open(GridPath directory, @Nullable String token) {
        if (token == null) {
            return null;
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException e) {
            throw bad(directory);
        }
        if (bytes.length <= MAC_BYTES) {
            throw bad(directory);
        }
        String name = new String(bytes, MAC_BYTES, bytes.length - MAC_BYTES, StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(Arrays.copyOf(bytes, MAC_BYTES), mac(directory, name))) {
            throw bad(directory);
        }
        return name;
    }

    private byte[] mac(GridPath directory, String name) {
        byte[] data = ("page\0" + directory + '\0' + name).getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(Digests.hmac(secret, data, 0, data.length), MAC_BYTES);
    }

    private static GridException bad(GridPath directory) {
        return GridException.invalid("bad page_token: it was not made by a listing of " + directory);
    }
}
