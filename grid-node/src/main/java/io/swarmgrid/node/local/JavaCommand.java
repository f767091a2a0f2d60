package io.swarmgrid.node.local;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Command lines for further JVMs like this one: same Java, same class path, same opened packages. */
public final class JavaCommand {
    private JavaCommand() {}

    /** @param jvmOptions what this JVM has of its own, such as {@code -Xmx512m} */
    public static List<String> of(String mainClass, List<String> jvmOptions, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (option.startsWith("--add-") || (option.startsWith("-D") && !option.startsWith("-Dlogback."))) {
                command.add(option);
            }
        }
        command.addAll(jvmOptions);
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(mainClass);
        command.addAll(arguments);
        return command;
    }
}
