package io.swarmgrid.tasks;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.Traceparent;
import io.swarmgrid.storage.dataset.DatasetStore;
import io.swarmgrid.storage.file.FileStore;
import io.swarmgrid.tasks.process.Program;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What attempts on this node have in common: scratch directories, the environment of a program, the way to its data.
 *
 * @param directory where scratch directories are made, one for each attempt
 * @param maxOutputBytes what one attempt may answer
 */
record AttemptRunner(
        FileStore store,
        DatasetStore datasets,
        BufferAllocator allocator,
        String nodeName,
        Path directory,
        long maxOutputBytes) {
    private static final Logger log = LoggerFactory.getLogger(AttemptRunner.class);
    private static final List<String> PASSED_ON = List.of("PATH", "HOME", "LANG");
    private static final Pattern SCRATCH = Pattern.compile("(" + TaskId.FORM + ")\\.(\\d{1,7})\\.(\\d{1,7})");

    Attempt attempt(TaskRecord task, SplitRecord split) {
        return new Attempt(this, task, split);
    }

    /** @throws GridException NO_SPACE where it cannot be made */
    Path makeScratch(TaskRecord task, SplitRecord split) {
        Path scratch = directory.resolve(task.id() + "." + split.index() + "." + split.attempt());
        try {
            return Files.createDirectories(scratch);
        } catch (IOException e) {
            throw new GridException(
                    ErrorCode.NO_SPACE, "cannot make the scratch directory " + scratch + ": " + e.getMessage(), e);
        }
    }

    Program.Launch launch(TaskRecord task, SplitRecord split, Path scratch) {
        Map<String, String> environment = new TreeMap<>();
        for (String name : PASSED_ON) {
            String value = System.getenv(name);
            if (value != null) {
                environment.put(name, value);
            }
        }
        environment.put("TMPDIR", scratch.toString());
        Traceparent trace = task.trace();
        if (trace != null) {
            environment.put(Traceparent.VARIABLE, trace.header());
        }
        if (task.spec().environment() != null) {
            environment.putAll(task.spec().environment());
        }
        environment.put("SWARM_SPLITS", Integer.toString(task.splits()));
        environment.put("SWARM_NODE", nodeName);
        environment.put("SWARM_INPUT_FORMAT", split.read() == null ? "bytes" : "arrow");
        Map<String, String> marks =
                marks(task.id(), Integer.toString(split.index()), Integer.toString(split.attempt()));
        environment.putAll(marks);
        return new Program.Launch(task.spec().command(), environment, assignments(marks), scratch);
    }

    /** Ends and removes what attempts of an earlier run of this node have left: it may have been killed. */
    void clearLeftovers() {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                Matcher matcher = SCRATCH.matcher(String.valueOf(entry.getFileName()));
                if (matcher.matches()) {
                    Program.endLeftover(assignments(marks(matcher.group(1), matcher.group(2), matcher.group(3))));
                    remove(entry);
                }
            }
        } catch (IOException e) {
            log.warn("cannot clear old scratch directories: directory={}, reason={}", directory, e.getMessage());
        }
    }

    void remove(Path scratch) {
        try (Stream<Path> paths = Files.walk(scratch)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            log.warn("cannot remove a scratch directory: path={}, reason={}", scratch, e.getMessage());
        }
    }

    private static Map<String, String> marks(String task, String split, String attempt) {
        return new TreeMap<>(Map.of("SWARM_TASK_ID", task, "SWARM_SPLIT", split, "SWARM_ATTEMPT", attempt));
    }

    private static List<String> assignments(Map<String, String> variables) {
        return variables.entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .toList();
    }
}
