package io.swarmgrid.client.call;

import io.swarmgrid.client.GridException;

/**
 * The name of a QoS class. Which classes a grid has is configuration ({@code qos.classes}); these four are the
 * defaults.
 */
public record QosClass(String name) {
    public static final QosClass REALTIME = new QosClass("realtime");
    public static final QosClass INTERACTIVE = new QosClass("interactive");
    public static final QosClass BULK = new QosClass("bulk");
    public static final QosClass BACKGROUND = new QosClass("background");

    public QosClass {
        if (!name.matches("[a-z][a-z0-9-]{0,31}")) {
            throw GridException.invalid("bad QoS class name: '" + name + "' (lower-case letters, digits, '-')");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
