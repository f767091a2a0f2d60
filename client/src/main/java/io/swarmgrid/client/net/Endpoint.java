package io.swarmgrid.client.net;

import io.swarmgrid.client.GridException;
import java.net.URI;
import java.net.URISyntaxException;

/** Where a node listens: {@code grpc://host:port} or, under TLS, {@code grpc+tls://host:port}. */
record Endpoint(String host, int port, boolean tls) {
    static final String PLAIN = "grpc";
    static final String PLAIN_TCP = "grpc+tcp";
    static final String TLS = "grpc+tls";

    /** @throws GridException INVALID_ARGUMENT that shows what was given */
    static Endpoint parse(String location) {
        URI uri;
        try {
            uri = new URI(location);
        } catch (URISyntaxException e) {
            throw bad(location);
        }
        String scheme = uri.getScheme();
        boolean tls = TLS.equals(scheme);
        if (!tls && !PLAIN.equals(scheme) && !PLAIN_TCP.equals(scheme)) {
            throw bad(location);
        }
        String host = uri.getHost();
        if (host == null || uri.getPort() < 1) {
            throw bad(location);
        }
        return new Endpoint(host, uri.getPort(), tls);
    }

    private static GridException bad(String location) {
        return GridException.invalid("bad location: '" + location + "' (grpc://host:port or grpc+tls://host:port)");
    }
}
