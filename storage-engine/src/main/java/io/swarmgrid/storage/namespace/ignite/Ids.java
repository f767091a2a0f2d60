package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.block.BlockId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/**
 * Inode ids: 15 bits of home, which name the partition, and 48 random bits. Two ids are the same with a chance that the
 * transaction which first writes one rules out by looking.
 */
final class Ids {
    static final long ROOT = 1;
    static final long SWARM = 2;
    static final long STAGING = 3;
    /** Key of the row that every move of a directory across parents writes. */
    static final long MOVES = 0;
    /** Key of the row that says which block ids are given out. */
    static final long BLOCKS = 4;

    private static final int HOME_SHIFT = 48;
    private static final int HOMES = 1 << 15;
    private static final long RANDOM_BITS = (1L << HOME_SHIFT) - 1;
    private static final long FIRST_FREE = 1024;

    private final RandomGenerator random;

    Ids(RandomGenerator random) {
        this.random = random;
    }

    /** Whether it is the key of an inode, and not of one of the rows that are none. */
    static boolean isInode(long id) {
        return id != MOVES && id != BLOCKS;
    }

    static int partition(long id, int partitions) {
        return (int) (id >>> HOME_SHIFT) % partitions;
    }

    /** A key whose partition is that one. */
    static long home(int partition) {
        return (long) partition << HOME_SHIFT;
    }

    /** An id for a file that is made in this directory: it shares the directory's partition. */
    long fileIn(long directoryId) {
        return (directoryId & ~RANDOM_BITS) | low();
    }

    /** An id that nothing had before, in the partition of another one: for whoever makes one so seldom that it need not be quick. */
    static long beside(long id) {
        return new Ids(new SecureRandom()).fileIn(id);
    }

    /** An id for a directory: its names go to a partition of their own. */
    long directory() {
        return ((long) random.nextInt(HOMES) << HOME_SHIFT) | low();
    }

    /** An id for what is made anew by its path: the same whenever it is made. */
    static long derived(String path) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(path.getBytes(StandardCharsets.UTF_8));
            long bits = ByteBuffer.wrap(hash).getLong() & Long.MAX_VALUE;
            return (bits & RANDOM_BITS) < FIRST_FREE ? bits | FIRST_FREE : bits;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    /** An id for a part of a file, in the partition of the file. */
    static long besides(long fileId, BlockId first) {
        return (fileId & ~RANDOM_BITS) | ((RANDOM_BITS - first.value()) & RANDOM_BITS);
    }

    /** Sixteen hexadecimal digits. */
    static String text(long id) {
        return String.format("%016x", id);
    }

    /** A number, not 0, that no other operation has. */
    long token() {
        return random.nextLong(1, Long.MAX_VALUE);
    }

    private long low() {
        return random.nextLong(FIRST_FREE, RANDOM_BITS + 1);
    }
}
