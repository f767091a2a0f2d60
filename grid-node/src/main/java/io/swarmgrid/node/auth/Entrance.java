package io.swarmgrid.node.auth;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.Grant;
import io.swarmgrid.client.call.Traceparent;
import io.swarmgrid.qos.ClassRegistry;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What every call passes, by whichever door it comes: the gate, who calls, in which class, under which request id, and the bound of
 * open calls. Thread-safe.
 */
public final class Entrance {
    private static final int MAX_REQUEST_ID_CHARACTERS = 128;

    private final Gate gate;
    private final Authenticator authenticator;
    private final ClassRegistry classes;
    private final Admission admission;
    private final boolean certificates;

    /** @param certificates whether a node must show its certificate beside its header, since the grid uses TLS */
    public Entrance(Gate gate, Authenticator authenticator, ClassRegistry classes, int maxCalls, boolean certificates) {
        this.gate = gate;
        this.authenticator = authenticator;
        this.classes = classes;
        this.admission = new Admission(maxCalls);
        this.certificates = certificates;
    }

    /** What a call says of itself, as its headers have it. */
    public record Asked(
            @Nullable String authorization,
            @Nullable String node,
            @Nullable String qos,
            @Nullable String requestId,
            @Nullable String traceparent) {}

    /**
     * A call that may be served.
     *
     * @param bearer what a basic handshake is answered; null for what is none
     * @param leave to be run when it is over; idempotent
     */
    public record Admitted(CallContext context, @Nullable String bearer, Runnable leave) {}

    /** Calls that are being served now. */
    public int openCalls() {
        return admission.open();
    }

    /** Under what a call is known in logs and errors: its own id, or one that is made here. */
    public static String requestId(@Nullable String given) {
        if (given == null || given.isBlank()) {
            return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        }
        return given.length() <= MAX_REQUEST_ID_CHARACTERS ? given : given.substring(0, MAX_REQUEST_ID_CHARACTERS);
    }

    /**
     * Lets a call in.
     *
     * @param asked with a request id
     * @param hasCertificate whether its connection has shown one; asked of nodes alone
     * @throws GridException why it may not: UNAVAILABLE, UNAUTHENTICATED, INVALID_ARGUMENT for a class that is none, OVERLOADED
     */
    public Admitted admit(Asked asked, BooleanSupplier hasCertificate) {
        gate.require();
        Authenticator.Identity identity = authenticator.identify(asked.authorization(), asked.node());
        if (certificates && identity.caller().grants().contains(Grant.NODE) && !hasCertificate.getAsBoolean()) {
            throw new GridException(ErrorCode.UNAUTHENTICATED, "unauthenticated: a node must show its certificate");
        }
        CallContext context = new CallContext(
                identity.caller(),
                classes.parse(asked.qos()),
                requestId(asked.requestId()),
                Traceparent.parse(asked.traceparent()));
        return new Admitted(context, identity.bearer(), admission.enter(identity.caller()));
    }
}
