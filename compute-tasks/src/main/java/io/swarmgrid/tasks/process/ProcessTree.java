package io.swarmgrid.tasks.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Ends a process with all that it started. A child whose parent is gone belongs to nobody's tree any more; where the
 * system shows the environment of its processes (Linux), such a child is found by the variables that it inherited.
 */
final class ProcessTree {
    private static final int ROUNDS = 5;
    private static final long ROUND_PATIENCE_MS = 500;
    private static final long POLL_MS = 5;

    private ProcessTree() {}

    /**
     * Kills, and waits a little until the processes are gone.
     *
     * @param marks {@code NAME=value} texts that together occur in no other process's environment
     */
    static void kill(ProcessHandle root, List<String> marks) {
        kill(Optional.of(root), marks);
    }

    static void killMarked(List<String> marks) {
        kill(Optional.empty(), marks);
    }

    private static void kill(Optional<ProcessHandle> root, List<String> marks) {
        for (int round = 0; round < ROUNDS; round++) {
            Set<ProcessHandle> doomed = new HashSet<>();
            root.ifPresent(doomed::add);
            root.ifPresent(process -> process.descendants().forEach(doomed::add));
            ProcessHandle.allProcesses()
                    .filter(process -> isMarked(process, marks))
                    .forEach(doomed::add);
            doomed.removeIf(ProcessTree::isGone);
            if (doomed.isEmpty()) {
                return;
            }
            doomed.forEach(ProcessHandle::destroyForcibly);
            await(doomed);
        }
    }

    private static void await(Set<ProcessHandle> doomed) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ROUND_PATIENCE_MS);
        while (!doomed.stream().allMatch(ProcessTree::isGone) && System.nanoTime() < deadline) {
            try {
                Thread.sleep(POLL_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** A process that nobody has asked for its status yet is dead all the same. */
    static boolean isGone(ProcessHandle process) {
        if (!process.isAlive()) {
            return true;
        }
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            // "pid (name) state ...", and the name may hold anything.
            return stat.startsWith(") Z", stat.lastIndexOf(')'));
        } catch (IOException e) {
            return !process.isAlive();
        }
    }

    private static boolean isMarked(ProcessHandle process, List<String> marks) {
        if (marks.isEmpty()) {
            return false;
        }
        try {
            byte[] environment = Files.readAllBytes(Path.of("/proc", Long.toString(process.pid()), "environ"));
            List<String> variables = Arrays.asList(new String(environment, StandardCharsets.UTF_8).split("\0"));
            return variables.containsAll(marks);
        } catch (IOException e) {
            // Another user's process, one that is gone, or a system without /proc: not one of ours to find.
            return false;
        }
    }
}
