package io.swarmgrid.storage.archive;

import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/** The settings of Hadoop by which a store is opened: those that were given, and for what they leave out, less patience than Hadoop's own. */
final class HadoopSettings {
    /** Only where the settings that were given have nothing else. */
    private static final List<List<String>> SHORT = List.of(
            List.of("ipc.client.connect.max.retries", "1"),
            List.of("ipc.client.connect.max.retries.on.timeouts", "1"),
            List.of("ipc.client.connect.timeout", "5000"),
            List.of("dfs.client.retry.policy.enabled", "false"),
            // The one that became the default reads on from where it is asked, and remembers each object that it has
            // read.
            List.of("fs.s3a.input.stream.type", "classic"),
            List.of("fs.s3a.attempts.maximum", "2"),
            List.of("fs.s3a.retry.limit", "2"),
            List.of("fs.s3a.connection.establish.timeout", "15s"));

    private HadoopSettings() {}

    /** @param settings a file, or a directory of files; null for none */
    static Configuration of(java.nio.file.@Nullable Path settings) {
        Configuration configuration = new Configuration();
        SHORT.forEach(each -> configuration.set(each.get(0), each.get(1), "swarm"));
        if (settings != null) {
            Configuration given = new Configuration(false);
            given.setAllowNullValueProperties(false);
            for (String name : List.of("core-site.xml", "hdfs-site.xml")) {
                java.nio.file.Path file = Files.isDirectory(settings) ? settings.resolve(name) : settings;
                if (Files.isReadable(file)) {
                    given.addResource(new Path(file.toUri()));
                }
            }
            given.forEach(each -> configuration.set(each.getKey(), each.getValue(), "storage.outer.hadoop-conf"));
        }
        return configuration;
    }
}
