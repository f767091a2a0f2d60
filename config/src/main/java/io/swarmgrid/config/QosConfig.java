package io.swarmgrid.config;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How transfers share a node.
 *
 * @param defaultClass the class of a call that names none
 * @param outstandingBytes bytes handed to the network and not yet taken by it, over all classes
 * @param maxWait how long one chunk waits for its turn at most; then its transfer is refused
 * @param classes by name; the four of {@link #defaults()} are always there
 */
public record QosConfig(
        String defaultClass, DataSize outstandingBytes, Duration maxWait, Map<String, QosClassConfig> classes) {
    public QosConfig {
        classes = Collections.unmodifiableMap(new LinkedHashMap<>(classes));
        double reserved = classes.values().stream()
                .mapToDouble(each -> each.reservation().percent())
                .sum();
        Checks checks = new Checks()
                .that(
                        classes.containsKey(defaultClass),
                        "default-class",
                        "\"" + defaultClass + "\", expected one of: " + String.join(", ", classes.keySet()))
                .between("outstanding-bytes", outstandingBytes, "1MiB", "16GiB")
                .between("max-wait", maxWait, "100ms", "1h")
                .that(classes.size() <= 32, "classes", classes.size() + " classes, expected at most 32")
                .that(
                        reserved <= 100,
                        "classes",
                        "reservations of " + Percent.format(reserved) + " together, expected at most 100%");
        classes.keySet().forEach(name -> checks.name("classes", name));
        checks.done();
    }

    static QosConfig defaults() {
        Map<String, QosClassConfig> classes = new LinkedHashMap<>();
        classes.put("realtime", new QosClassConfig(Share.ofPercent(30), 16, Share.ofPercent(100), 256, 46));
        classes.put("interactive", new QosClassConfig(Share.ofPercent(20), 8, Share.ofPercent(100), 1024, 18));
        classes.put("bulk", new QosClassConfig(Share.ofPercent(10), 4, Share.ofPercent(100), 1024, 10));
        classes.put("background", new QosClassConfig(Share.ofPercent(5), 1, Share.ofPercent(100), 1024, 8));
        return new QosConfig("interactive", DataSize.ofMebibytes(64), Duration.ofSeconds(30), classes);
    }
}
