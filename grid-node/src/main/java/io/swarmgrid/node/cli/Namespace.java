package io.swarmgrid.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.BlockLocation;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.Listing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The namespace calls that several commands share, listings page by page. */
public final class Namespace {
    private static final int PAGE_ENTRIES = 1000;

    private final Session session;

    public Namespace(Session session) {
        this.session = session;
    }

    public FileStatus status(String path) {
        return session.call("fs.stat", Map.of("path", path), FileStatus.class);
    }

    /** The status, or null where there is nothing. */
    @Nullable
    FileStatus statusOrNull(String path) {
        try {
            return status(path);
        } catch (GridException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    /** Hands over the entries of a directory in order of name; of a file, the file itself. */
    public void list(String path, Consumer<FileStatus> each) {
        try {
            pages(path, each);
        } catch (GridException e) {
            if (e.code() != ErrorCode.NOT_A_DIRECTORY) {
                throw e;
            }
            each.accept(status(path));
        }
    }

    /** The entries below a directory, a directory before what is in it. */
    public void walk(String path, Consumer<FileStatus> each) {
        list(path, entry -> {
            each.accept(entry);
            if (entry.kind() != EntryKind.FILE) {
                walk(entry.path(), each);
            }
        });
    }

    public void makeDirectories(String path) {
        session.call("fs.mkdir", Map.of("path", path, "parents", true), Object.class);
    }

    /** The blocks of a file, in order of offset; none where it is inline. */
    public List<BlockLocation> locate(String path) {
        return Json.convert(session.call("fs.locate", Map.of("path", path), JsonNode.class), Located.class)
                .blocks();
    }

    private record Located(List<BlockLocation> blocks) {}

    private void pages(String path, Consumer<FileStatus> each) {
        String token = null;
        do {
            Map<String, Object> request = new LinkedHashMap<>();
            request.put("path", path);
            request.put("page_size", PAGE_ENTRIES);
            if (token != null) {
                request.put("page_token", token);
            }
            Listing page = session.call("fs.list", request, Listing.class);
            page.entries().forEach(each);
            token = page.nextPageToken();
        } while (token != null);
    }
}
