package io.swarmgrid.client.wire;

import java.util.List;

/** The answer of {@code qos.classes}: the classes of the node that answers. */
public record QosClasses(String defaultClass, List<ClassStatus> classes) {
    public QosClasses {
        classes = List.copyOf(classes);
    }

    /**
     * One class.
     *
     * @param reservation as configured: a percentage or a rate
     * @param limit as configured
     * @param bytesIn since the node started
     * @param refused transfers that were turned away
     */
    public record ClassStatus(
            String name,
            String reservation,
            int weight,
            String limit,
            int queueBound,
            int dscp,
            long bytesIn,
            long bytesOut,
            long refused) {}
}
