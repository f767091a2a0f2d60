package io.swarmgrid.storage.staging;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.OperationId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sessions of puts and checkpoints that several writers, on any nodes, contribute to. Thread-safe. */
public final class Staging {
    /*
     * A session is the directory /.swarm/staging/<id> with one attribute, a JSON text of everything known about it, and
     * the directory `content` in it. The content is made first: a begin that died in between leaves a directory without
     * the attribute, which expires by its age. Clocks of nodes differ, so a session is removed only MARGIN after it
     * expired, while it is refused from then on.
     */
    private static final Logger log = LoggerFactory.getLogger(Staging.class);
    private static final String ATTRIBUTE = "session";
    private static final Duration MARGIN = Duration.ofSeconds(10);
    private static final int PAGE = 1000;
    private static final int ID_BYTES = 16;

    private final Files files;
    private final Duration idle;
    private final int maxOpen;
    private final Clock clock;
    /** Counted by the last walk, and begun and ended here since; never trusted to refuse, only to accept. */
    private final AtomicInteger open = new AtomicInteger();

    private final SecureRandom random = new SecureRandom();

    /**
     * Sessions below the staging directory.
     *
     * @param idle after so much silence a session is given up
     * @param maxOpen sessions of the grid that may be open; the next one is refused
     */
    public Staging(Files files, Duration idle, int maxOpen) {
        this(files, idle, maxOpen, Clock.systemUTC());
    }

    public Staging(Files files, Duration idle, int maxOpen, Clock clock) {
        if (idle.isNegative() || idle.isZero()) {
            throw new IllegalArgumentException("bad idle time of sessions: " + idle);
        }
        this.files = files;
        this.idle = idle;
        this.maxOpen = maxOpen;
        this.clock = clock;
    }

    /** After so much silence a session is given up: a writer touches its session several times as often. */
    public Duration idle() {
        return idle;
    }

    /** How many sessions of the grid are open, as the last walk found them and this node has begun and ended since. */
    public int open() {
        return open.get();
    }

    /**
     * Begins a session.
     *
     * @param request JSON of what was asked, kept with the session
     * @param putId names the session, so that the same caller's begin of the same kind, target and put id finds the same
     *     session; null for a new one
     * @throws GridException INVALID_ARGUMENT where the put id was used with another request, OVERLOADED where too many
     *     sessions of the grid are open
     */
    public StagedSession begin(
            CallContext context, String kind, GridPath target, String request, @Nullable String putId) {
        String id = putId == null ? randomId() : idOf(context, kind, target, putId);
        if (putId != null) {
            Optional<StagedSession> earlier = load(id);
            if (earlier.isPresent() && !expired(earlier.get())) {
                return resumed(earlier.get(), request, putId);
            }
            if (earlier.isPresent()) {
                files.remove(StagedSession.home(id), true, null);
            }
        }
        admit();
        StagedSession session = new StagedSession(id, kind, target, request, expiry());
        // One after the other: what is below a session is never made where the session itself is not.
        files.makeDirectory(StagedSession.home(id), context.caller().name(), Files.Parents.MAKE);
        takeOverPolicy(session);
        files.countAs(StagedSession.home(id), target);
        files.makeDirectory(session.content(), context.caller().name(), Files.Parents.MAKE);
        store(session);
        return session;
    }

    /** What is staged is kept as it is to be kept where it is going. */
    private void takeOverPolicy(StagedSession session) {
        files.policy(session.target())
                .attributes()
                .forEach((name, value) -> files.setAttribute(StagedSession.home(session.id()), name, value));
    }

    /** The id that {@link #begin} gives a session with this put id, whether it was begun or not. */
    public static String idOf(CallContext context, String kind, GridPath target, String putId) {
        return digest(context.caller().name(), kind, target.toString(), putId);
    }

    /** The operation that makes a session visible: asking for its outcome tells whether the session was committed. */
    public static OperationId commitOf(String sessionId) {
        checkId(sessionId);
        return new OperationId("commit:" + sessionId);
    }

    /**
     * What a commit that failed comes to: who asks again does so while the first call may still be under way, or when it was carried out,
     * and has taken what was staged.
     *
     * @param outcome looks for what a commit of the session has done
     * @throws GridException the failure, where there is no such outcome; UNKNOWN_OUTCOME where a refusal may come of an earlier call and
     *     that cannot be looked up
     */
    public static <T> T doneBefore(GridException failure, Supplier<Optional<T>> outcome) {
        Optional<T> done;
        try {
            done = outcome.get();
        } catch (GridException e) {
            // What cannot be looked up takes nothing back of what the failure says, and leaves nothing certain that it
            // seems to.
            throw failure.kind() == ErrorKind.CALLER
                    ? new GridException(
                            ErrorCode.UNKNOWN_OUTCOME,
                            "may have been committed before: " + failure.getMessage() + "; " + e.getMessage(),
                            failure.path(),
                            "commit again",
                            failure)
                    : failure;
        }
        return done.orElseThrow(() -> failure);
    }

    /** @throws GridException NOT_FOUND where the session is unknown, of another kind, expired, committed or aborted */
    public StagedSession find(String sessionId, String kind) {
        checkId(sessionId);
        return load(sessionId)
                .filter(session -> session.kind().equals(kind) && !expired(session))
                .orElseThrow(() -> new GridException(
                        ErrorCode.NOT_FOUND,
                        "no open " + kind + " session: " + sessionId,
                        null,
                        "it was committed, aborted, or given up after " + idle.toSeconds()
                                + " s of silence; begin again",
                        null));
    }

    /** Says that the session is still in use; cheap when called often. NOT_FOUND as {@link #find}. */
    public StagedSession touch(String sessionId, String kind) {
        StagedSession session = find(sessionId, kind);
        long expiresMs = expiry();
        if (expiresMs - session.expiresMs() < idle.toMillis() / 8) {
            return session;
        }
        StagedSession later =
                new StagedSession(session.id(), session.kind(), session.target(), session.request(), expiresMs);
        store(later);
        return later;
    }

    /**
     * Gives a session up with everything that is in it.
     *
     * @return false where there was nothing left to abort
     */
    public boolean abort(String sessionId) {
        checkId(sessionId);
        boolean removed = files.remove(StagedSession.home(sessionId), true, null);
        if (removed) {
            open.updateAndGet(known -> Math.max(0, known - 1));
        }
        return removed;
    }

    /** Removes what is left of a session that was committed: its commit is done also where that has to wait until it expires. */
    public void committed(String sessionId) {
        try {
            abort(sessionId);
        } catch (GridException e) {
            log.info(
                    "what is left of a committed session stays until it expires: id={}, error={}",
                    sessionId,
                    e.getMessage());
        }
    }

    /**
     * Gives up the sessions whose idle time is over. Every node may call it at any time.
     *
     * @return how many were given up
     */
    public int expire() {
        int removed = 0;
        int left = 0;
        String last = null;
        Optional<Listing> page = page(last);
        while (page.isPresent()) {
            for (FileStatus entry : page.get().entries()) {
                GridPath path = GridPath.parse(entry.path());
                last = path.name();
                if (!abandoned(entry)) {
                    left++;
                } else if (files.remove(path, true, null)) {
                    removed++;
                    log.info("gave up a silent session: id={}", path.name());
                }
            }
            page = page.get().nextPageToken() == null ? Optional.empty() : page(last);
        }
        open.set(left);
        return removed;
    }

    /** Counts anew before it refuses: other nodes end sessions, too. Several that begin at once may all be let in. */
    private void admit() {
        if (open.incrementAndGet() <= maxOpen) {
            return;
        }
        expire();
        if (open.incrementAndGet() > maxOpen) {
            open.decrementAndGet();
            throw new GridException(
                    ErrorCode.OVERLOADED,
                    "too many sessions are open in the grid: limits.max-sessions=" + maxOpen,
                    null,
                    "commit or abort some, or wait: a silent one is given up after " + idle.toSeconds() + " s",
                    null);
        }
    }

    private Optional<Listing> page(@Nullable String startAfter) {
        try {
            return Optional.of(files.list(Files.STAGING, startAfter, PAGE));
        } catch (GridException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private boolean abandoned(FileStatus entry) {
        String text = entry.attribute(ATTRIBUTE);
        long expiresMs = text == null
                ? entry.createdMs() + idle.toMillis()
                : Json.read(text.getBytes(StandardCharsets.UTF_8), Entry.class).expiresMs();
        return clock.millis() > expiresMs + MARGIN.toMillis();
    }

    private StagedSession resumed(StagedSession session, String request, String putId) {
        if (!session.request().equals(request)) {
            throw GridException.invalid("put_id '" + putId + "' was used with another request: " + session.request());
        }
        return touch(session.id(), session.kind());
    }

    private Optional<StagedSession> load(String id) {
        return files.find(StagedSession.home(id)).flatMap(status -> {
            String text = status.attribute(ATTRIBUTE);
            if (text == null) {
                return Optional.empty();
            }
            Entry entry = Json.read(text.getBytes(StandardCharsets.UTF_8), Entry.class);
            return Optional.of(new StagedSession(
                    id, entry.kind(), GridPath.parse(entry.target()), entry.request(), entry.expiresMs()));
        });
    }

    private void store(StagedSession session) {
        Entry entry = new Entry(session.kind(), session.target().toString(), session.request(), session.expiresMs());
        files.setAttribute(StagedSession.home(session.id()), ATTRIBUTE, Json.text(entry));
    }

    private boolean expired(StagedSession session) {
        return clock.millis() > session.expiresMs();
    }

    private long expiry() {
        return clock.millis() + idle.toMillis();
    }

    private String randomId() {
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static String digest(String... parts) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (String part : parts) {
                sha.update(part.getBytes(StandardCharsets.UTF_8));
                sha.update((byte) 0);
            }
            return HexFormat.of().formatHex(sha.digest(), 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    private static void checkId(String id) {
        if (!id.matches("[0-9a-f]{" + 2 * ID_BYTES + "}")) {
            throw new GridException(
                    ErrorCode.NOT_FOUND, "no such session: '" + id + "' is not the id of one", null, null, null);
        }
    }

    /** The text of the attribute. */
    private record Entry(String kind, String target, String request, long expiresMs) {}
}
