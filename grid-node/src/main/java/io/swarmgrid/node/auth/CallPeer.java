package io.swarmgrid.node.auth;

import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.ServerCall;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/** The other end of the connection a call came on. */
public final class CallPeer {
    /** Of the call that is being served, where it came from. */
    public static final Context.Key<String> HOST = Context.keyWithDefault("swarm-peer-host", "");

    /** Of calls that came without a network. */
    public static final String LOOPBACK = "127.0.0.1";

    private CallPeer() {}

    /** The address that the current call came from, without its port; empty if not known. */
    public static String host() {
        return Objects.requireNonNullElse(HOST.get(), "");
    }

    static String host(ServerCall<?, ?> call) {
        SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        if (remote instanceof InetSocketAddress inet && inet.getAddress() != null) {
            return inet.getAddress().getHostAddress();
        }
        return "";
    }

    /** Whether the peer has shown a certificate that one of the configured authorities signed. */
    static boolean hasCertificate(ServerCall<?, ?> call) {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        if (session == null) {
            return false;
        }
        try {
            return session.getPeerCertificates().length > 0;
        } catch (SSLPeerUnverifiedException e) {
            return false;
        }
    }
}
