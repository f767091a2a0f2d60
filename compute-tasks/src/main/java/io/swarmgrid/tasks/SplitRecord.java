package io.swarmgrid.tasks;

import io.swarmgrid.client.wire.TaskState;
import io.swarmgrid.client.wire.TaskStatus;
import io.swarmgrid.storage.dataset.PartitionRead;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A split as it is kept: what it reads, and where it stands.
 *
 * @param path of its file
 * @param read the partition of a dataset; null for the bytes of a plain file
 * @param fileId identity of the file
 * @param holders nodes that had all of its bytes when the task was submitted
 * @param node whom it is assigned to, or ran on last; null before
 * @param nodeId the run of that node, so that a restarted node is not taken for the one that ran it
 * @param local whether that node held all of its bytes when it was chosen
 * @param attempt number of the present or last attempt, from 1 on; 0 before
 * @param failures how many attempts failed by themselves, and not with their node
 * @param failedOn names of the nodes where they did
 * @param notBeforeMs when it may be assigned again
 * @param sinceMs when it came into its state
 */
record SplitRecord(
        int index,
        String name,
        String path,
        @Nullable PartitionRead read,
        long fileId,
        long sizeBytes,
        List<String> holders,
        TaskState state,
        @Nullable String node,
        @Nullable String nodeId,
        boolean local,
        int attempt,
        int failures,
        List<String> failedOn,
        long notBeforeMs,
        long sinceMs,
        long durationMs,
        long outputBytes,
        boolean answered,
        @Nullable String error) {
    private static final long FIRST_PAUSE_MS = 100;
    private static final long LONGEST_PAUSE_MS = 10_000;
    private static final int LONGEST_ERROR = 4_000;

    SplitRecord {
        holders = List.copyOf(holders);
        failedOn = List.copyOf(failedOn);
        error = error == null || error.length() <= LONGEST_ERROR ? error : error.substring(0, LONGEST_ERROR) + "...";
    }

    /** Where it stands: what changes together. */
    private record Place(
            TaskState state,
            @Nullable String node,
            @Nullable String nodeId,
            boolean local,
            int attempt) {}

    static SplitRecord partition(int index, String path, PartitionRead read, List<String> holders, long nowMs) {
        return fresh(index, read.name(), path, read, new Bytes(read.fileId(), read.sizeBytes()), holders, nowMs);
    }

    static SplitRecord file(
            int index, String name, String path, long fileId, long sizeBytes, List<String> holders, long nowMs) {
        return fresh(index, name, path, null, new Bytes(fileId, sizeBytes), holders, nowMs);
    }

    /** What a split reads. */
    private record Bytes(long fileId, long sizeBytes) {}

    private static SplitRecord fresh(
            int index,
            String name,
            String path,
            @Nullable PartitionRead read,
            Bytes bytes,
            List<String> holders,
            long nowMs) {
        return new SplitRecord(
                index,
                name,
                path,
                read,
                bytes.fileId(),
                bytes.sizeBytes(),
                holders,
                TaskState.QUEUED,
                null,
                null,
                false,
                0,
                0,
                List.of(),
                0,
                nowMs,
                0,
                0,
                false,
                null);
    }

    boolean waits() {
        return state == TaskState.QUEUED && node == null;
    }

    boolean assigned() {
        return state == TaskState.QUEUED && node != null;
    }

    boolean running() {
        return state == TaskState.RUNNING;
    }

    boolean succeeded() {
        return state == TaskState.SUCCEEDED;
    }

    boolean ranLocal() {
        return succeeded() && local;
    }

    /** Whether this very attempt is the present one, on this run of the node. */
    boolean isAttempt(String onNodeId, int number) {
        return attempt == number && onNodeId.equals(nodeId);
    }

    SplitRecord assign(String toNode, String toNodeId, boolean holdsAll, long nowMs) {
        return at(new Place(TaskState.QUEUED, toNode, toNodeId, holdsAll, attempt + 1), nowMs, error);
    }

    SplitRecord started(long nowMs) {
        return at(new Place(TaskState.RUNNING, node, nodeId, local, attempt), nowMs, null);
    }

    /** Gives an attempt up that nobody blames the program for: its node died, or was too busy. */
    SplitRecord released(long nowMs, @Nullable String why) {
        return at(new Place(TaskState.QUEUED, null, null, false, attempt), nowMs, why);
    }

    SplitRecord succeeded(long nowMs, long tookMs, long bytes, boolean hasAnswer) {
        return new SplitRecord(
                index,
                name,
                path,
                read,
                fileId,
                sizeBytes,
                holders,
                TaskState.SUCCEEDED,
                node,
                nodeId,
                local,
                attempt,
                failures,
                failedOn,
                0,
                nowMs,
                tookMs,
                bytes,
                hasAnswer,
                null);
    }

    /** @param maxAttempts from so many failures on it stays failed */
    SplitRecord failed(long nowMs, long tookMs, String why, int maxAttempts) {
        int count = failures + 1;
        boolean last = count >= maxAttempts;
        List<String> nodes = new ArrayList<>(failedOn);
        if (node != null && !nodes.contains(node)) {
            nodes.add(node);
        }
        long pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS << Math.min(20, count - 1));
        return new SplitRecord(
                index,
                name,
                path,
                read,
                fileId,
                sizeBytes,
                holders,
                last ? TaskState.FAILED : TaskState.QUEUED,
                last ? node : null,
                last ? nodeId : null,
                last && local,
                attempt,
                count,
                nodes,
                nowMs + pauseMs,
                nowMs,
                tookMs,
                0,
                false,
                why);
    }

    private SplitRecord at(Place place, long nowMs, @Nullable String why) {
        return new SplitRecord(
                index,
                name,
                path,
                read,
                fileId,
                sizeBytes,
                holders,
                place.state(),
                place.node(),
                place.nodeId(),
                place.local(),
                place.attempt(),
                failures,
                failedOn,
                notBeforeMs,
                nowMs,
                durationMs,
                outputBytes,
                answered,
                why);
    }

    /** @param task the end of a task ends its splits */
    TaskStatus.SplitStatus status(TaskState task, long nowMs) {
        return new TaskStatus.SplitStatus(
                index,
                name,
                task.isFinal() && !state.isFinal() ? TaskState.CANCELLED : state,
                node,
                local,
                attempt,
                read == null ? 0 : read.rowCount(),
                sizeBytes,
                outputBytes,
                running() && !task.isFinal() ? Math.max(0, nowMs - sinceMs) : durationMs,
                error);
    }
}
