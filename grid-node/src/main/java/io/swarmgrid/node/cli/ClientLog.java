package io.swarmgrid.node.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * The log of a short command: errors, one line each, on standard error; more with {@code SWARM_LOG}. Written in Java, since
 * reading a file of XML would be a tenth of the time of such a command. Logback finds it by itself, and leaves every other
 * process to its files.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class ClientLog extends ContextAwareBase implements Configurator {
    /** The property of the JVM that asks for it, by the value {@value #CLIENT}. */
    public static final String PROPERTY = "swarm.log";

    public static final String CLIENT = "client";

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (!CLIENT.equals(System.getProperty(PROPERTY))) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("swarm: %-5level %msg%n%ex{0}%nopex");
        encoder.start();
        ConsoleAppender<ILoggingEvent> errors = new ConsoleAppender<>();
        errors.setContext(context);
        errors.setTarget("System.err");
        errors.setEncoder(encoder);
        errors.start();
        // Of a damaged file it keeps what it could not read.
        context.getLogger("org.apache.arrow.memory").setLevel(Level.OFF);
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.toLevel(System.getenv("SWARM_LOG"), Level.ERROR));
        root.addAppender(errors);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
