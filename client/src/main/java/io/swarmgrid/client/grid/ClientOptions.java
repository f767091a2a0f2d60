package io.swarmgrid.client.grid;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.client.call.Traceparent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a client speaks to its grid. A value; change it with the {@code with} methods.
 *
 * @param token the bearer token, asked for at every call, so that it may change; null for none
 * @param trustedCertificates speak TLS and trust these (PEM); null for plain text
 * @param qos the class that the calls' bytes move in; null for the grid's default
 * @param trace the place in a trace that the calls are made from; null for none
 * @param timeout how long a call without a stream may take in all, and how long a stream may be silent
 * @param connectTimeout how long a node may take to accept a connection before the next one is tried
 * @param retries how many further rounds over the nodes a call gets that is safe to repeat
 * @param memoryBytes bound of the record batches in flight
 * @param resendBytes bound of what the writers of raw bytes keep together to send it again where a node is lost; by default 256 MiB, or a
 *     quarter of what the process may have where that is less
 */
public record ClientOptions(
        @Nullable Supplier<String> token,
        @Nullable Path trustedCertificates,
        @Nullable QosClass qos,
        @Nullable Traceparent trace,
        Duration timeout,
        Duration connectTimeout,
        int retries,
        long memoryBytes,
        long resendBytes) {
    private static final long MOST_RESENT_BYTES = 256L << 20;

    /** No credentials, plain text, the grid's own class. */
    public static final ClientOptions DEFAULT = new ClientOptions(
            null,
            null,
            null,
            null,
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            3,
            1L << 30,
            Math.min(MOST_RESENT_BYTES, Runtime.getRuntime().maxMemory() / 4));

    public ClientOptions {
        if (timeout.isNegative() || timeout.isZero() || connectTimeout.isNegative() || connectTimeout.isZero()) {
            throw GridException.invalid("bad timeout: " + timeout + ", to connect " + connectTimeout);
        }
        if (retries < 0 || memoryBytes <= 0 || resendBytes < 0) {
            throw GridException.invalid(
                    "bad bound: retries=" + retries + ", memoryBytes=" + memoryBytes + ", resendBytes=" + resendBytes);
        }
    }

    public ClientOptions withToken(@Nullable Supplier<String> other) {
        return new ClientOptions(
                other, trustedCertificates, qos, trace, timeout, connectTimeout, retries, memoryBytes, resendBytes);
    }

    public ClientOptions withTrustedCertificates(@Nullable Path other) {
        return new ClientOptions(token, other, qos, trace, timeout, connectTimeout, retries, memoryBytes, resendBytes);
    }

    public ClientOptions withQos(@Nullable QosClass other) {
        return new ClientOptions(
                token, trustedCertificates, other, trace, timeout, connectTimeout, retries, memoryBytes, resendBytes);
    }

    public ClientOptions withTrace(@Nullable Traceparent other) {
        return new ClientOptions(
                token, trustedCertificates, qos, other, timeout, connectTimeout, retries, memoryBytes, resendBytes);
    }

    public ClientOptions withTimeout(Duration other) {
        return new ClientOptions(
                token, trustedCertificates, qos, trace, other, connectTimeout, retries, memoryBytes, resendBytes);
    }

    public ClientOptions withConnectTimeout(Duration other) {
        return new ClientOptions(
                token, trustedCertificates, qos, trace, timeout, other, retries, memoryBytes, resendBytes);
    }

    public ClientOptions withRetries(int other) {
        return new ClientOptions(
                token, trustedCertificates, qos, trace, timeout, connectTimeout, other, memoryBytes, resendBytes);
    }

    public ClientOptions withResendBytes(long other) {
        return new ClientOptions(
                token, trustedCertificates, qos, trace, timeout, connectTimeout, retries, memoryBytes, other);
    }
}
