package io.swarmgrid.storage.file;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.Concatenation;
import io.swarmgrid.storage.namespace.FileLayout;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.replica.DataPath;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Joins files to one: looks at all of them, says what comes of it, and has the metadata do that if they are still the same. Bytes
 * that are kept in the metadata are written as blocks before, unless all of it is small. Confined to one thread.
 */
final class Concatenating {
    private static final int MAX_ATTEMPTS = 5;

    private final FileMetadata metadata;
    private final DataPath path;
    private final CallContext context;
    private final @Nullable OperationId operation;

    /** @param operation null where a retry need not be recognized */
    Concatenating(FileMetadata metadata, DataPath path, CallContext context, @Nullable OperationId operation) {
        this.metadata = metadata;
        this.path = path;
        this.context = context;
        this.operation = operation;
    }

    FileStatus join(GridPath target, List<GridPath> sources) {
        Concatenation.requireNumber(sources.size(), target.toString());
        for (int attempt = 1; ; attempt++) {
            Optional<FileStatus> before = done();
            if (before.isPresent()) {
                return before.get();
            }
            try {
                return joinOnce(target, sources);
            } catch (GridException e) {
                if (e.code() != ErrorCode.CONFLICT || attempt == MAX_ATTEMPTS) {
                    return done().orElseThrow(() -> e); // an earlier call of the same may have come through meanwhile
                }
            }
        }
    }

    private Optional<FileStatus> done() {
        return operation == null ? Optional.empty() : metadata.outcome(operation);
    }

    private FileStatus joinOnce(GridPath target, List<GridPath> sources) {
        Plan plan = new Plan(
                metadata.layout(target), sources.stream().map(metadata::layout).toList());
        if (plan.blocks.isEmpty() && plan.end <= path.config().inlineSize().bytes()) {
            return metadata.concat(Concatenation.small(plan.target, plan.sources, plan.small(), operation));
        }
        if (plan.stretches.isEmpty()) {
            return metadata.concat(Concatenation.ofBlocks(plan.target, plan.sources, null, plan.blocks, operation));
        }
        try (Spill spill = new Spill(metadata, path, context, plan.target)) {
            plan.stretches.forEach(spill::write);
            List<BlockRecord> blocks = new ArrayList<>(plan.blocks);
            blocks.addAll(spill.blocks());
            blocks.sort(Comparator.comparingLong(BlockRecord::offset));
            FileStatus status =
                    metadata.concat(Concatenation.ofBlocks(plan.target, plan.sources, spill.file(), blocks, operation));
            spill.joined();
            return status;
        }
    }

    /** What lies where in the file that comes of it. */
    private static final class Plan {
        private final FileLayout target;
        private final List<FileLayout> sources;
        private final List<BlockRecord> blocks = new ArrayList<>();
        private final List<Stretch> stretches = new ArrayList<>();
        private long end;

        Plan(FileLayout target, List<FileLayout> sources) {
            this.target = target;
            this.sources = sources;
            Concatenation.requireEachOnce(target, sources);
            add(target);
            sources.forEach(this::add);
        }

        private void add(FileLayout file) {
            if (!"sealed".equals(file.status().state())) {
                throw new GridException(
                        ErrorCode.PRECONDITION_FAILED,
                        "somebody writes the file: " + file.status().path(),
                        file.status().path(),
                        "wait until it is closed, or take it from its writer by fs.recover_lease",
                        null);
            }
            byte[] inline = file.inline();
            if (inline == null) {
                file.blocks().forEach(block -> blocks.add(block.at(end + block.offset())));
            } else if (inline.length > 0) {
                Stretch last = stretches.isEmpty() ? null : stretches.get(stretches.size() - 1);
                if (last == null || last.end() != end) {
                    last = new Stretch(end, new ByteArrayOutputStream());
                    stretches.add(last);
                }
                last.bytes.writeBytes(inline);
            }
            end = Math.addExact(end, file.lengthBytes());
        }

        byte[] small() {
            return stretches.isEmpty() ? new byte[0] : stretches.get(0).bytes.toByteArray();
        }
    }

    /**
     * Bytes that follow each other in the file that comes of it, and are kept in the metadata until then.
     *
     * @param offset of the first one
     */
    record Stretch(long offset, ByteArrayOutputStream bytes) {
        long end() {
            return offset + bytes.size();
        }
    }
}
