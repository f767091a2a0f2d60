package io.swarmgrid.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class JulBridgeTest {
    private static final String NAME = "io.grpc.netty.NettyServerHandler";

    private final Logger log = (Logger) LoggerFactory.getLogger(NAME);
    private final ListAppender<ILoggingEvent> heard = new ListAppender<>();

    @BeforeEach
    void listen() {
        heard.start();
        log.addAppender(heard);
        log.setLevel(ch.qos.logback.classic.Level.INFO);
        log.setAdditive(false);
    }

    @AfterEach
    void stopListening() {
        log.detachAppender(heard);
        log.setLevel(null);
        log.setAdditive(true);
    }

    @Test
    void bringsWarningsIntoTheLog() {
        say(Http2Exception.streamError(3, Http2Error.PROTOCOL_ERROR, "headers out of order"));
        say(new IllegalStateException("on no stream"));

        assertThat(heard.list)
                .extracting(event -> event.getLevel() + " " + event.getMessage())
                .containsExactly("WARN Stream Error", "WARN Stream Error");
    }

    @Test
    void doesNotWarnOfReadersThatAreGone() {
        Http2Exception gone =
                Http2Exception.streamError(3, Http2Error.STREAM_CLOSED, "Stream closed before write could take place");
        say(gone);
        assertThat(heard.list).isEmpty();

        log.setLevel(ch.qos.logback.classic.Level.DEBUG);
        say(gone);
        assertThat(heard.list).hasSize(1);
    }

    private static void say(Throwable thrown) {
        LogRecord said = new LogRecord(Level.WARNING, "Stream Error");
        said.setLoggerName(NAME);
        said.setThrown(thrown);
        new JulBridge().publish(said);
    }
}
