package io.swarmgrid.storage.membership;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * A node that was stopped for longer than the others wait, or that hears nobody while they hear each other, takes itself for one of the
 * grid for seconds after the others have gone on without it, and what it has is what was so before. What it reads there would be believed.
 *
 * So it asks all voters, again and again. Who is asked answers only whom it sees in the ring. An answer counts from when the question
 * was sent: at some time after that the one who answered had not gone on without this node. Any majority that goes on without it has one in
 * common with a majority of answers. Nobody gives up a node that has been silent for less than the failure timeout, and the lease is half
 * of that. It is asked for once a read has been made: between a look before the read and the read the process may have stood still.
 */
/**
 * For how long this node may believe what it reads from its own copies of the metadata: a read lease, as in Gray and Cheriton, "Leases: An
 * Efficient Fault-Tolerant Mechanism for Distributed File Cache Consistency", 1989, granted by a majority of the voters. Thread-safe.
 */
final class ReadLease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ReadLease.class);
    private static final String TOPIC = "swarm.read-lease";
    private static final byte ASK = 0;
    private static final byte ANSWER = 1;
    private static final int MESSAGE_BYTES = 1 + 3 * Long.BYTES;
    private static final long ASK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int MAX_SENDERS = 256;
    private static final int IDLE_SECONDS = 30;

    private final Peers peers;
    private final String self;
    private final Supplier<Voters> voters;
    private final LongSupplier nanoTime;
    private final long leaseNanos;
    private final long patienceNanos;
    /** Answers to an earlier process of this name are none to this one. */
    private final UUID run = UUID.randomUUID();
    /** A node that cannot be reached holds up whoever sends to it, and no other. */
    private final ThreadPoolExecutor senders;

    private final Rounds asking = new Rounds("membership-lease");
    private final Set<String> beingAsked = ConcurrentHashMap.newKeySet();

    /** When the question was sent that a voter has answered. */
    @GuardedBy("this")
    private final Map<String, Long> answered = new HashMap<>();

    @GuardedBy("this")
    private long askedNanos;

    private volatile boolean granted;
    private volatile long grantedNanos;

    /**
     * A lease that nobody has granted yet.
     *
     * @param voters those of this moment
     * @param failureTimeout for how long a node is silent at least before the others go on without it
     */
    ReadLease(Peers peers, String self, Supplier<Voters> voters, Duration failureTimeout, LongSupplier nanoTime) {
        this.peers = peers;
        this.self = self;
        this.voters = voters;
        this.nanoTime = nanoTime;
        this.leaseNanos = failureTimeout.toNanos() / 2;
        this.patienceNanos = failureTimeout.toNanos();
        this.askedNanos = nanoTime.getAsLong() - ASK_AGAIN_NANOS;
        this.senders = new ThreadPoolExecutor(
                0, MAX_SENDERS, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), work -> {
                    Thread thread = new Thread(work, "read-lease");
                    thread.setDaemon(true);
                    return thread;
                });
        peers.receive(TOPIC, this::receive);
    }

    /** Asks for it from now on, several times within the time that it lasts. */
    void begin() {
        asking.begin(() -> {
            try {
                ask();
            } catch (RuntimeException e) {
                LOG.warn("the read lease was not asked for, will be repeated", e);
            }
        });
    }

    /** Asks for it anew. */
    void ask() {
        synchronized (this) {
            askedNanos = nanoTime.getAsLong();
        }
        for (String voter : voters.get().all()) {
            if (!voter.equals(self) && beingAsked.add(voter)) {
                send(voter);
            }
        }
    }

    /**
     * Whether what has just been read counts. Waits for the answers where the lease has run out.
     *
     * @throws GridException NO_QUORUM where no majority has answered in time; CANCELLED when interrupted
     */
    void require() {
        if (isHeld() || isMajorityAlone()) {
            return;
        }
        long begun = nanoTime.getAsLong();
        while (!isHeld()) {
            long now = nanoTime.getAsLong();
            if (now - begun > patienceNanos) {
                throw lost();
            }
            boolean again;
            synchronized (this) {
                again = now - askedNanos >= ASK_AGAIN_NANOS;
            }
            if (again) {
                ask();
            }
            await();
        }
    }

    private boolean isHeld() {
        return granted && nanoTime.getAsLong() - grantedNanos < leaseNanos;
    }

    /** Before there are voters whoever asks for a majority refuses; a grid of one has nobody to ask. */
    private boolean isMajorityAlone() {
        Voters now = voters.get();
        return now.all().isEmpty() || new Voters(now.all(), Set.of(self), now.tiebreak()).haveMajority();
    }

    private synchronized void await() {
        if (isHeld()) {
            return;
        }
        try {
            TimeUnit.NANOSECONDS.timedWait(this, ASK_AGAIN_NANOS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.CANCELLED, "interrupted while asking the other nodes", e);
        }
    }

    private GridException lost() {
        return new GridException(
                ErrorCode.NO_QUORUM,
                "no majority of the grid's nodes has answered node=" + self + " for "
                        + TimeUnit.NANOSECONDS.toMillis(patienceNanos) + " ms: they may have gone on without it",
                null,
                "ask another node, or wait: this one finds out by itself",
                null);
    }

    private void send(String voter) {
        try {
            senders.execute(() -> {
                try {
                    peers.send(voter, TOPIC, message(ASK, run, nanoTime.getAsLong()));
                } finally {
                    beingAsked.remove(voter);
                }
            });
        } catch (RejectedExecutionException e) {
            beingAsked.remove(voter); // it is asked again soon
        }
    }

    private static byte[] message(byte kind, UUID of, long sentNanos) {
        return ByteBuffer.allocate(MESSAGE_BYTES)
                .put(kind)
                .putLong(of.getMostSignificantBits())
                .putLong(of.getLeastSignificantBits())
                .putLong(sentNanos)
                .array();
    }

    private void receive(String from, byte[] bytes) {
        if (bytes.length != MESSAGE_BYTES) {
            throw new IllegalArgumentException("bad message of a read lease: bytes=" + bytes.length);
        }
        ByteBuffer message = ByteBuffer.wrap(bytes);
        byte kind = message.get();
        UUID of = new UUID(message.getLong(), message.getLong());
        long sentNanos = message.getLong();
        if (kind == ASK) {
            // It comes from one that is in the ring as this node sees it: others are not listened to.
            if (voters.get().haveMajority()) {
                peers.send(from, TOPIC, message(ANSWER, of, sentNanos));
            }
        } else if (of.equals(run)) {
            answered(from, sentNanos);
        }
    }

    private synchronized void answered(String voter, long sentNanos) {
        Long before = answered.get(voter);
        if (before == null || sentNanos - before > 0) {
            answered.put(voter, sentNanos);
        }
        Voters now = voters.get();
        answered.keySet().retainAll(now.all());
        List<Map.Entry<String, Long>> latestFirst = new ArrayList<>(answered.entrySet());
        long reference = nanoTime.getAsLong();
        latestFirst.sort(Comparator.comparingLong(each -> reference - each.getValue()));
        Set<String> with = new HashSet<>(Set.of(self));
        for (Map.Entry<String, Long> each : latestFirst) {
            with.add(each.getKey());
            if (new Voters(now.all(), with, now.tiebreak()).haveMajority()) {
                grantedNanos = each.getValue();
                granted = true;
                notifyAll();
                return;
            }
        }
    }

    @Override
    public void close() {
        asking.close();
        senders.shutdownNow();
    }
}
