package io.swarmgrid.qos;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.config.QosConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The classes that a node is configured with. Immutable. */
public final class ClassRegistry {
    private final Map<String, QosClass> byName = new LinkedHashMap<>();
    private final QosClass fallback;

    public ClassRegistry(QosConfig config) {
        config.classes().keySet().forEach(name -> byName.put(name, new QosClass(name)));
        this.fallback = new QosClass(config.defaultClass());
    }

    public List<QosClass> all() {
        return List.copyOf(byName.values());
    }

    /** What a call that names none moves in. */
    public QosClass defaultClass() {
        return fallback;
    }

    /** @throws GridException INVALID_ARGUMENT that names the known classes */
    public QosClass parse(@Nullable String name) {
        if (name == null || name.isEmpty()) {
            return fallback;
        }
        QosClass known = byName.get(name);
        if (known == null) {
            String shown = name.length() > 64 ? name.substring(0, 64) + "..." : name;
            throw GridException.invalid(
                    "unknown QoS class '" + shown + "' (known: " + String.join(", ", byName.keySet()) + ")");
        }
        return known;
    }
}
