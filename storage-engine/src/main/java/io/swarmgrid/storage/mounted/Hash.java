package io.swarmgrid.storage.mounted;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Numbers made of texts, the same on every node. */
final class Hash {
    private Hash() {}

    /** Four of them. */
    static long[] of(String... texts) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String text : texts) {
                digest.update(text.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0); // in none of them
            }
            long[] hash = new long[4];
            ByteBuffer.wrap(digest.digest()).asLongBuffer().get(hash);
            return hash;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }
}
