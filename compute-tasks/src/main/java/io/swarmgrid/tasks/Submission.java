package io.swarmgrid.tasks;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.DatasetRead;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Holder;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.TaskSpec;
import io.swarmgrid.storage.dataset.DatasetPlan;
import io.swarmgrid.storage.dataset.DatasetStore;
import io.swarmgrid.storage.namespace.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What is asked for, checked, and cut into splits: one for each partition file of a dataset, or for each plain file. */
final class Submission {
    private static final int MAX_WORDS = 4096;
    private static final int MAX_VARIABLES = 256;
    private static final int MAX_TEXT = 128 << 10;
    private static final int MAX_PRIORITY = 1000;
    private static final int MAX_ATTEMPTS = 100;
    private static final long MAX_TIMEOUT_MS = TimeUnit.DAYS.toMillis(30);
    private static final int PAGE = 1000;

    private final Files files;
    private final DatasetStore datasets;
    private final int maxSplits;

    Submission(Files files, DatasetStore datasets, int maxSplits) {
        this.files = files;
        this.datasets = datasets;
        this.maxSplits = maxSplits;
    }

    /** @throws GridException INVALID_ARGUMENT that names the field */
    static void check(TaskSpec spec) {
        List<String> command = spec.command();
        if (command.isEmpty() || command.get(0).isBlank()) {
            throw GridException.invalid("command is empty: name the program");
        }
        if (command.size() > MAX_WORDS) {
            throw GridException.invalid("command has " + command.size() + " words, at most " + MAX_WORDS);
        }
        checkText("command", command);
        between("priority", spec.priority(), -MAX_PRIORITY, MAX_PRIORITY);
        between("max_attempts", spec.maxAttempts(), 1, MAX_ATTEMPTS);
        Long timeoutMs = spec.timeoutMs();
        if (timeoutMs != null && (timeoutMs < 1 || timeoutMs > MAX_TIMEOUT_MS)) {
            throw GridException.invalid("timeout_ms is " + timeoutMs + ", expected 1 to " + MAX_TIMEOUT_MS);
        }
        Map<String, String> environment = spec.environment() == null ? Map.of() : spec.environment();
        if (environment.size() > MAX_VARIABLES) {
            throw GridException.invalid(
                    "environment has " + environment.size() + " variables, at most " + MAX_VARIABLES);
        }
        checkText("environment", environment.values());
        for (String name : environment.keySet()) {
            if (!name.matches("[A-Za-z_][A-Za-z0-9_]{0,255}") || name.startsWith("SWARM_")) {
                throw GridException.invalid("environment has a bad name: '" + name
                        + "' (letters, digits, _; names with SWARM_ are the grid's own)");
            }
        }
    }

    /** @throws GridException NOT_FOUND, INVALID_ARGUMENT (nothing to run on, columns of no dataset), OVERLOADED */
    List<SplitRecord> splits(CallContext context, TaskSpec spec, long nowMs) {
        GridPath input = GridPath.parse(spec.input());
        FileStatus status = files.stat(input);
        // Parquet files are files to a task, unless it names columns of them.
        boolean rows = status.kind() == EntryKind.DATASET || (spec.columns() != null && datasets.isDataset(status));
        List<SplitRecord> splits = rows ? partitions(context, spec, input, nowMs) : files(spec, status, nowMs);
        if (splits.isEmpty()) {
            throw new GridException(
                    ErrorCode.INVALID_ARGUMENT, "nothing to run on: no file in " + input, input.toString(), null, null);
        }
        return splits;
    }

    private List<SplitRecord> partitions(CallContext context, TaskSpec spec, GridPath input, long nowMs) {
        DatasetPlan plan = datasets.plan(context, new DatasetRead(input.toString(), spec.columns(), null));
        List<SplitRecord> splits = new ArrayList<>();
        for (DatasetPlan.Endpoint endpoint : plan.endpoints()) {
            String path = input.child(endpoint.read().name()).toString();
            List<String> holders = endpoint.holders().stream().map(Holder::node).toList();
            splits.add(SplitRecord.partition(count(splits, input), path, endpoint.read(), holders, nowMs));
        }
        return splits;
    }

    private List<SplitRecord> files(TaskSpec spec, FileStatus status, long nowMs) {
        GridPath input = GridPath.parse(status.path());
        if (spec.columns() != null) {
            throw new GridException(
                    ErrorCode.INVALID_ARGUMENT,
                    "columns are of a dataset, and this is none: " + input,
                    input.toString(),
                    null,
                    null);
        }
        List<SplitRecord> splits = new ArrayList<>();
        if (status.kind() == EntryKind.FILE) {
            splits.add(file(0, status, nowMs));
            return splits;
        }
        String last = null;
        Listing page;
        do {
            page = files.list(input, last, PAGE);
            for (FileStatus entry : page.entries()) {
                last = GridPath.parse(entry.path()).name();
                if (entry.kind() == EntryKind.FILE && !"open".equals(entry.state())) {
                    splits.add(file(count(splits, input), entry, nowMs));
                }
            }
        } while (page.nextPageToken() != null);
        return splits;
    }

    private SplitRecord file(int index, FileStatus file, long nowMs) {
        GridPath path = GridPath.parse(file.path());
        return SplitRecord.file(index, path.name(), file.path(), file.id(), file.sizeBytes(), List.of(), nowMs);
    }

    private int count(List<SplitRecord> splits, GridPath input) {
        if (splits.size() >= maxSplits) {
            throw new GridException(
                    ErrorCode.OVERLOADED,
                    "more than " + maxSplits + " splits in " + input,
                    input.toString(),
                    "tasks.max-queued is the bound",
                    null);
        }
        return splits.size();
    }

    private static void between(String name, @Nullable Integer value, int from, int to) {
        if (value != null && (value < from || value > to)) {
            throw GridException.invalid(name + " is " + value + ", expected " + from + " to " + to);
        }
    }

    private static void checkText(String name, Iterable<String> texts) {
        long length = 0;
        for (String text : texts) {
            length += text.length();
            if (text.indexOf('\0') >= 0) {
                throw GridException.invalid(name + " holds a NUL");
            }
        }
        if (length > MAX_TEXT) {
            throw GridException.invalid(name + " has " + length + " characters, at most " + MAX_TEXT);
        }
    }
}
