package io.swarmgrid.config;

import java.util.List;

/**
 * The configuration cannot be used. Its message lists every problem found, one a line, each beginning with the key it
 * is about, so that one look at it is enough to mend them all.
 */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    /** {@code action} is what could not be done and with what; {@code problems} are lines of {@code key: what is wrong}. */
    ConfigException(String action, List<String> problems) {
        super(action + problems.stream().map(line -> "\n  " + line).reduce("", String::concat));
        this.problems = List.copyOf(problems);
    }

    ConfigException(String message, Throwable cause) {
        super(message, cause);
        this.problems = List.of();
    }

    /** The problems one by one, {@code key: what is wrong}; empty when the file itself could not be read. */
    public List<String> problems() {
        return problems;
    }
}
