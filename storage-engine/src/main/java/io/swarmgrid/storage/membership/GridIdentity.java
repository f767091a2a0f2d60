package io.swarmgrid.storage.membership;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.apache.ignite.Ignite;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.cache.CacheAtomicityMode;
import org.apache.ignite.cache.CacheMode;
import org.apache.ignite.cache.CacheWriteSynchronizationMode;
import org.apache.ignite.cache.affinity.rendezvous.RendezvousAffinityFunction;
import org.apache.ignite.configuration.CacheConfiguration;
import org.apache.ignite.transactions.Transaction;
import org.apache.ignite.transactions.TransactionConcurrency;
import org.apache.ignite.transactions.TransactionIsolation;

/** What makes a grid this grid: made once, by whichever node comes first, and on every node from then on. */
final class GridIdentity {
    static final String CACHE = "grid";

    private static final String KEY = "identity";
    private static final int SECRET_BYTES = 32;
    private static final int PARTITIONS = 4;

    private final UUID id;
    private final byte[] secret;

    private GridIdentity(byte[] stored) {
        ByteBuffer bytes = ByteBuffer.wrap(stored);
        this.id = new UUID(bytes.getLong(), bytes.getLong());
        this.secret = new byte[SECRET_BYTES];
        bytes.get(secret);
    }

    UUID id() {
        return id;
    }

    byte[] secret() {
        return Arrays.copyOf(secret, secret.length);
    }

    /** A copy on every node: it is tiny, and without it nobody can check a ticket. */
    static CacheConfiguration<String, byte[]> cache() {
        return new CacheConfiguration<String, byte[]>(CACHE)
                .setCacheMode(CacheMode.REPLICATED)
                .setAtomicityMode(CacheAtomicityMode.TRANSACTIONAL)
                .setWriteSynchronizationMode(CacheWriteSynchronizationMode.FULL_SYNC)
                .setAffinity(new RendezvousAffinityFunction(false, PARTITIONS));
    }

    /**
     * Reads it, or makes it where there is none. The grid must be active.
     *
     * @param earlier what the grid was called by nodes that have been in it: where it is not known to the metadata, that
     *     is lost, and what is begun here is its recovery
     */
    static GridIdentity of(Ignite ignite, SecureRandom random, Optional<UUID> earlier) {
        IgniteCache<String, byte[]> cache = ignite.cache(CACHE);
        byte[] stored = cache.get(KEY);
        return new GridIdentity(stored == null ? begin(ignite, random, earlier) : stored);
    }

    /** A copy that a node takes in at this moment may lack it, so it is asked for once more, where it counts: that takes its lock. */
    private static byte[] begin(Ignite ignite, SecureRandom random, Optional<UUID> earlier) {
        IgniteCache<String, byte[]> cache = ignite.cache(CACHE);
        try (Transaction change = ignite.transactions()
                .txStart(TransactionConcurrency.PESSIMISTIC, TransactionIsolation.REPEATABLE_READ)) {
            byte[] stored = cache.get(KEY);
            if (stored != null) {
                return stored;
            }
            byte[] secret = new byte[SECRET_BYTES];
            random.nextBytes(secret);
            UUID id = earlier.orElseGet(UUID::randomUUID);
            byte[] made = ByteBuffer.allocate(2 * Long.BYTES + SECRET_BYTES)
                    .putLong(id.getMostSignificantBits())
                    .putLong(id.getLeastSignificantBits())
                    .put(secret)
                    .array();
            cache.put(KEY, made);
            if (earlier.isPresent()) {
                Recovering.begin(cache); // at once, so that nobody takes the grid for whole
            }
            change.commit();
            return made;
        }
    }
}
