package io.swarmgrid.node.local;

import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Further JVMs: of the {@code swarm} command, and ones like this one. */
public final class JavaCommand {
    private static final String MAIN = "io.swarmgrid.node.cli.Main";
    private static final List<String> OPTIONS =
            List.of("-Xmx512m", "-XX:MaxDirectMemorySize=1g", "-XX:+ExitOnOutOfMemoryError");

    /** What a JVM of the same class path has use for: opened packages, properties, the archive of its classes. */
    private static final List<String> KEPT =
            List.of("--add-", "-D", "-Xshare:", "-XX:SharedArchiveFile=", "-Xlog:cds", "-Xlog:class+path");

    private static final String JVM = "SWARM_JAVA_OPTS";
    /** Each process writes its log in its own way. */
    private static final List<String> OWN = List.of("-Dlogback.", "-Dswarm.log=");

    private JavaCommand() {}

    /**
     * The {@code swarm} command as a user calls it, by the launcher that the property {@code swarm.launcher} names and
     * the Java of this process; without a launcher in a JVM like this one. Variables of this process that would
     * configure it are not passed on, but for the options of the JVM.
     */
    public static ProcessBuilder swarm(List<String> words) {
        String launcher = System.getProperty("swarm.launcher");
        List<String> command = launcher == null
                ? of(MAIN, OPTIONS, words)
                : Stream.concat(Stream.of(launcher), words.stream()).toList();
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeIf(variable -> variable.startsWith("SWARM_") && !variable.equals(JVM));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        // What runs now is what it belongs to, whatever has become of the sources.
        builder.environment().put("SWARMGRID_NO_BUILD", "1");
        return builder;
    }

    /**
     * Same Java, same class path, same opened packages.
     *
     * @param jvmOptions what the JVM has of its own, such as {@code -Xmx512m}
     */
    public static List<String> of(String mainClass, List<String> jvmOptions, List<String> arguments) {
        return of(mainClass, jvmOptions, arguments, List.of());
    }

    /**
     * The same with more on the class path, behind all else.
     *
     * @param jvmOptions what the JVM has of its own, such as {@code -Xmx512m}
     */
    public static List<String> of(
            String mainClass, List<String> jvmOptions, List<String> arguments, List<Path> moreJars) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (KEPT.stream().anyMatch(option::startsWith) && OWN.stream().noneMatch(option::startsWith)) {
                command.add(option);
            }
        }
        command.addAll(jvmOptions);
        command.add("-cp");
        command.add(Stream.concat(
                        Stream.of(System.getProperty("java.class.path")),
                        moreJars.stream().map(Path::toString))
                .collect(Collectors.joining(File.pathSeparator)));
        command.add(mainClass);
        command.addAll(arguments);
        return command;
    }
}
