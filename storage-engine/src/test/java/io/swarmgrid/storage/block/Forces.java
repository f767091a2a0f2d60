package io.swarmgrid.storage.block;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;

/** Which files were put on the device, in order, as the virtual machine records it. */
final class Forces {
    private static final String EVENT = "jdk.FileForce";

    private Forces() {}

    /** A file goes by the name by which it was opened. */
    static List<Path> of(Runnable work) throws IOException {
        Path events = Files.createTempFile("forces", ".jfr");
        try (Recording recording = new Recording()) {
            recording.enable(EVENT).withThreshold(Duration.ZERO).withoutStackTrace();
            recording.start();
            work.run();
            recording.stop();
            recording.dump(events);
            return RecordingFile.readAllEvents(events).stream()
                    .filter(event -> event.getEventType().getName().equals(EVENT))
                    .map(event -> Path.of(event.getString("path")))
                    .toList();
        } finally {
            Files.delete(events);
        }
    }
}
