package io.swarmgrid.client.local;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.ActionRequest;
import io.swarmgrid.client.local.LocalSocket.Message;
import io.swarmgrid.client.net.CallHeaders;
import io.swarmgrid.client.net.Channels;
import io.swarmgrid.client.net.GridErrors;
import io.swarmgrid.client.wire.ErrorBody;
import io.swarmgrid.client.wire.Json;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * By the network a call goes from its thread to the one of the connection, by HTTP/2 to the node's, from there to one that answers,
 * and all the way back: four changes of threads, and frames for much more than a question and an answer. Here the caller writes and
 * reads itself, and one thread of the node reads, answers and writes: two changes, and nothing between. A connection has one call at
 * a time; as many are kept as were needed at once.
 */
/** Calls of nodes of this machine by a socket of the machine, where a node has one and has been called a few times. Thread-safe. */
public final class LocalCalls implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LocalCalls.class);
    private static final Duration LOOK_PAUSE = Duration.ofMillis(100);
    private static final Duration GREET_PATIENCE = Duration.ofSeconds(1);
    private static final long IDLE_NANOS = Duration.ofSeconds(60).toNanos();

    private final Channels channels;
    private final Predicate<String> isHere;
    private final Supplier<Map<String, String>> credentials;
    private final Duration silence;
    private final Duration probePatience;
    private final Map<String, LocalWay> ways = new ConcurrentHashMap<>();
    private final Set<LocalConnection> open = ConcurrentHashMap.newKeySet();
    /** When each silent way was last asked about; only for the thread that looks. */
    private final Map<LocalWay, Long> probed = new ConcurrentHashMap<>();

    private final Object lock = new Object();

    @GuardedBy("lock")
    private @Nullable ScheduledExecutorService looker;

    @GuardedBy("lock")
    private boolean closed;

    /**
     * @param channels stay the caller's; closed after this
     * @param isHere whether a location is on this machine
     * @param credentials the headers that say who calls, asked before each call
     */
    public LocalCalls(Channels channels, Predicate<String> isHere, Supplier<Map<String, String>> credentials) {
        this(channels, isHere, credentials, Channels.KEEP_ALIVE, Channels.KEEP_ALIVE_TIMEOUT);
    }

    /** @param silence how long a node may take to answer before it is asked whether it is there, and so often */
    LocalCalls(
            Channels channels,
            Predicate<String> isHere,
            Supplier<Map<String, String>> credentials,
            Duration silence,
            Duration probePatience) {
        this.silence = silence;
        this.probePatience = probePatience;
        this.channels = channels;
        this.isHere = isHere;
        this.credentials = credentials;
    }

    /**
     * Makes a call.
     *
     * @return the JSON of the answer; null where nothing was sent, and the call is to be made by the network
     * @throws GridException what the node answered
     * @throws StatusRuntimeException as one by the network throws where no answer came
     */
    public byte @Nullable [] call(String location, ActionRequest asked, CallHeaders headers, Duration atMost) {
        if (!isHere.test(location)) {
            return null;
        }
        LocalRequest request = new LocalRequest(
                credentials.get().get(LocalRequest.AUTHORIZATION),
                headers.qos(),
                headers.requestId(),
                headers.traceparent(),
                asked.action(),
                asked.json());
        if (!request.fits()) {
            return null;
        }
        LocalWay way = ways.computeIfAbsent(location, each -> new LocalWay(each, channels));
        long deadline = System.nanoTime() + atMost.toNanos();
        byte[] bytes = request.encoded();
        // What was kept may be broken: the node has been started anew, say.
        for (LocalConnection kept = way.idle(); kept != null; kept = way.idle()) {
            Message answer = answer(kept, bytes, deadline);
            if (answer != null) {
                return json(answer);
            }
        }
        LocalConnection fresh = connect(way, atMost);
        Message answer = fresh == null ? null : answer(fresh, bytes, deadline);
        return answer == null ? null : json(answer);
    }

    private static byte[] json(Message answer) {
        if (answer.kind() == LocalRequest.DONE) {
            return answer.body();
        }
        throw GridErrors.of(Json.read(answer.body(), ErrorBody.class), null);
    }

    private @Nullable Message answer(LocalConnection connection, byte[] request, long deadlineNanos) {
        boolean keep = false;
        try {
            Message answer = connection.call(request, deadlineNanos);
            keep = answer != null;
            return answer;
        } finally {
            if (!keep || !connection.way().keep(connection)) {
                drop(connection);
            }
        }
    }

    private @Nullable LocalConnection connect(LocalWay way, Duration atMost) {
        SocketChannel channel = way.connect(atMost);
        if (channel == null) {
            return null;
        }
        LocalConnection connection = new LocalConnection(new LocalSocket(channel), way);
        Duration patience = atMost.compareTo(GREET_PATIENCE) < 0 ? atMost : GREET_PATIENCE;
        if (!watch(connection) || !connection.isGreeted(System.nanoTime() + patience.toNanos())) {
            if (!Thread.currentThread().isInterrupted()) {
                way.forget(); // full, or of another language; what is open stays so
            }
            drop(connection);
            return null;
        }
        return connection;
    }

    private void drop(LocalConnection connection) {
        open.remove(connection);
        connection.close();
    }

    private boolean watch(LocalConnection connection) {
        synchronized (lock) {
            if (closed) {
                return false;
            }
            open.add(connection);
            if (looker == null) {
                ScheduledExecutorService started = new ScheduledThreadPoolExecutor(1, LocalCalls::thread);
                long pause = LOOK_PAUSE.toNanos();
                ScheduledFuture<?> unused =
                        started.scheduleWithFixedDelay(this::look, pause, pause, TimeUnit.NANOSECONDS);
                looker = started;
            }
            return true;
        }
    }

    private static Thread thread(Runnable task) {
        Thread thread = new Thread(task, "grid-client-local");
        thread.setDaemon(true);
        return thread;
    }

    /** Ends calls that last too long, those of nodes that are silent altogether, and connections that nobody needs. */
    private void look() {
        long now = System.nanoTime();
        for (LocalConnection each : open) {
            try {
                each.endIfLate(now);
                if (each.waitingNanos(now) > silence.toNanos()) {
                    probe(each.way(), now);
                } else if (each.idleNanos(now) > IDLE_NANOS && each.way().takeOut(each)) {
                    drop(each);
                }
            } catch (RuntimeException e) {
                LOG.debug("cannot look after a call: reason={}", e.toString()); // what gives a token may throw, say
            }
        }
    }

    private void probe(LocalWay way, long now) {
        Long last = probed.get(way);
        if (last != null && now - last < silence.toNanos()) {
            return;
        }
        probed.put(way, now);
        way.probe(probePatience, () -> end(way, now));
    }

    /** Ends what was under way when the node was asked whether it is there. */
    private void end(LocalWay way, long askedNanos) {
        way.forget();
        for (LocalConnection each = way.idle(); each != null; each = way.idle()) {
            drop(each);
        }
        for (LocalConnection each : open) {
            if (each.way() == way) {
                each.endIfSince(askedNanos, Status.UNAVAILABLE.withDescription("the node is silent"));
            }
        }
    }

    /** Ends calls under way, too. Idempotent. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            if (looker != null) {
                looker.shutdownNow();
            }
        }
        open.forEach(each -> each.end(Status.UNAVAILABLE.withDescription("the client is closed")));
        open.clear();
    }
}
