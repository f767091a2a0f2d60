package io.swarmgrid.node.cli;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Brings what gRPC says through java.util.logging into the node's own log. What the log's configuration leaves out costs
 * nothing: it sets the levels there, too. Thread-safe.
 */
final class JulBridge extends SLF4JBridgeHandler {
    /** From now on the only one who hears of java.util.logging. */
    static void open() {
        Logger root = LogManager.getLogManager().getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(new JulBridge());
    }

    @Override
    public void publish(LogRecord heard) {
        if (isReaderGone(heard.getThrown()) && heard.getLevel().intValue() > Level.FINE.intValue()) {
            heard.setLevel(Level.FINE);
        }
        super.publish(heard);
    }

    /** A reader that cancels while bytes are on their way to it is nothing to warn of, as gRPC does with a stack trace. */
    private static boolean isReaderGone(@Nullable Throwable thrown) {
        return thrown instanceof Http2Exception broken
                && Http2Exception.isStreamError(broken)
                && broken.error() == Http2Error.STREAM_CLOSED;
    }
}
