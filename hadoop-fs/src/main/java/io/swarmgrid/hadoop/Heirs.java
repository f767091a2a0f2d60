package io.swarmgrid.hadoop;

import java.util.List;
import org.apache.hadoop.conf.Configuration;

/*
 * Hadoop makes an object of one class: of the one that fs.swarm.impl names, else of the one that ServiceLoader found. Two
 * providers, of which an older Hadoop could not link the second, are no way to have both: ServiceLoader throws the
 * NoClassDefFoundError where Hadoop does not catch it, and then no file system of any scheme is found. So the provider is the
 * class that can be loaded everywhere; when Hadoop loads it, which it does before it looks at fs.swarm.impl, the heir becomes
 * the default of that key, by a resource of defaults as HDFS has them. Who sets the key gets what it names.
 */
/**
 * Which heir of {@link SwarmFileSystem} is {@code swarm://} in this JVM: the newest whose interfaces are there in the Hadoop
 * on the class path, or none.
 */
final class Heirs {
    private static final String PACKAGE = Heirs.class.getPackageName();
    private static final List<String> NEWEST_FIRST = List.of("SwarmFileSystem341", "SwarmFileSystem336");

    private Heirs() {}

    /** Has Hadoop prefer it from now on. */
    static void prefer() {
        NEWEST_FIRST.stream()
                .filter(Heirs::canBeLoaded)
                .findFirst()
                .ifPresent(name -> Configuration.addDefaultResource(PACKAGE.replace('.', '/') + "/" + name + ".xml"));
    }

    private static boolean canBeLoaded(String name) {
        try {
            Class.forName(PACKAGE + "." + name, false, Heirs.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }
}
