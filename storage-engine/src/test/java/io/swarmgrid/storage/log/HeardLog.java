package io.swarmgrid.storage.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Hears what a class logs, from INFO on, until it is closed; nobody else hears it meanwhile. Thread-safe. */
public final class HeardLog implements AutoCloseable {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger log;
    private final @Nullable Level before;
    private final AppenderBase<ILoggingEvent> ear = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage());
        }
    };

    private HeardLog(Logger log) {
        this.log = log;
        this.before = log.getLevel();
    }

    public static HeardLog of(Class<?> speaker) {
        HeardLog heard = new HeardLog((Logger) LoggerFactory.getLogger(speaker));
        heard.ear.start();
        heard.log.setLevel(Level.INFO);
        heard.log.setAdditive(false);
        heard.log.addAppender(heard.ear);
        return heard;
    }

    /** What was said so far. */
    public List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        log.detachAppender(ear);
        log.setLevel(before);
        log.setAdditive(true);
        ear.stop();
    }
}
