package io.swarmgrid.node.cli;

import picocli.CommandLine;

/** What {@code swarm --version} prints: the version in the jar's manifest. */
public final class Version implements CommandLine.IVersionProvider {
    /** The version of this build; {@code dev} where there is no jar. */
    public static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "dev" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"swarm " + text() + " (Java " + Runtime.version() + ")"};
    }
}
