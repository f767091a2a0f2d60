package io.swarmgrid.config;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A configuration as a flat map of dotted key to value, made without the code under test. */
final class Flat {
    private final Map<String, Object> values = new LinkedHashMap<>();

    private Flat() {}

    static Map<String, Object> of(SwarmConfig config) {
        Flat flat = new Flat();
        flat.add("", config);
        return flat.values;
    }

    private void add(String key, Object value) {
        boolean section =
                value instanceof Record && value.getClass().getSimpleName().endsWith("Config");
        if (section) {
            for (RecordComponent component : value.getClass().getRecordComponents()) {
                String name = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
                add(key.isEmpty() ? name : key + "." + name, read(component, value));
            }
        } else if (value instanceof Optional<?> held && held.orElse(null) instanceof TlsConfig tls) {
            add(key, tls);
        } else if (value instanceof Map<?, ?> map) {
            map.forEach((name, each) -> add(key + "." + name, each));
        } else {
            values.put(key, value);
        }
    }

    private static Object read(RecordComponent component, Object holder) {
        try {
            return component.getAccessor().invoke(holder);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
