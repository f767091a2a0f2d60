package io.swarmgrid.node.http;

/**
 * What the readiness probe answers.
 *
 * @param ready whether the node takes calls
 * @param node its name
 * @param detail what it waits for; {@code ok} where it waits for nothing
 */
public record Health(boolean ready, String node, String detail) {}
