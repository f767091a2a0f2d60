package io.swarmgrid.node.cli;

import io.swarmgrid.client.wire.FileStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code swarm attach}. */
@Command(
        name = "attach",
        description = {
            "Mount an outer store: what is in it is listed and read below PATH as if it were here, and kept near.",
            "Nodes read only what storage.outer.allowed names. The grid changes nothing there, unless it is told to."
        })
final class AttachCommand extends GridCommand {
    @Parameters(
            index = "0",
            paramLabel = "URI",
            description = "Such as file:///data, hdfs://nn/sets, s3a://bucket/sets")
    private String uri = "";

    @Parameters(index = "1", paramLabel = "PATH", description = "Where nothing is yet")
    private String path = "";

    @Option(
            names = "--write-through",
            description = "What is put, made, removed and renamed below PATH is so in the store, at once and for good")
    private boolean writeThrough;

    @Override
    int run(Session session) {
        FileStatus mount = new Namespace(session).attach(path, uri, writeThrough);
        Output output = session.output();
        if (output.json()) {
            output.document(mount);
        } else {
            output.say("attached " + uri + " to " + mount.path());
        }
        return ExitCode.OK;
    }
}
