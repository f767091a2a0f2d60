package io.swarmgrid.node.flight;

import io.swarmgrid.checkpoint.StepGuard;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.Grant;
import io.swarmgrid.client.wire.EmptyTrash;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.RestoreTrash;
import io.swarmgrid.client.wire.TrashEmptied;
import io.swarmgrid.client.wire.TrashListing;
import io.swarmgrid.client.wire.TrashQuery;
import io.swarmgrid.storage.namespace.CallerPaths;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.Trash;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** The actions for what was removed. Thread-safe. */
final class TrashActions {
    private final Trash trash;
    private final StepGuard steps;
    private final PageTokens pages;
    private final int maxPage;
    private final Clock clock;

    TrashActions(Services services) {
        this.trash = services.trash();
        this.steps = services.steps();
        this.pages = new PageTokens(services.gridSecret());
        this.maxPage = services.config().limits().listPage();
        this.clock = services.clock();
    }

    void addTo(ActionTable table) {
        table.add(
                "fs.trash",
                "A page of what was removed and is kept: {path, page_size, page_token}",
                Grant.READ,
                TrashQuery.class,
                (call, ask) -> list(ask));
        table.add(
                "fs.restore_trash",
                "Take an entry out of the trash: {id, to, operation_id}",
                Grant.WRITE,
                RestoreTrash.class,
                this::restore);
        table.add(
                "fs.empty_trash",
                "Give up what is in the trash: {path, older_than_ms}",
                Grant.WRITE,
                EmptyTrash.class,
                (call, ask) -> empty(ask));
    }

    private TrashListing list(TrashQuery ask) {
        GridPath below = below(ask.path());
        Trash.Page page =
                trash.list(below, pages.open(below, ask.pageToken()), PageTokens.size(ask.pageSize(), maxPage));
        String next = page.next();
        return new TrashListing(page.entries(), next == null ? null : pages.issue(below, next));
    }

    private FileStatus restore(CallContext call, RestoreTrash ask) {
        GridPath to = ask.to() == null ? null : CallerPaths.parse(ask.to());
        if (to != null) {
            steps.requireOutside(to, "restore to");
        }
        GridPath named = to == null ? GridPath.ROOT : to;
        String name = ask.operationId() == null ? null : ask.id() + ":" + ask.operationId();
        return trash.restore(ask.id(), to, call.caller().name(), OperationId.of(call, "fs.restore_trash", named, name));
    }

    private TrashEmptied empty(EmptyTrash ask) {
        Long age = ask.olderThanMs();
        if (age != null && age < 0) {
            throw GridException.invalid("bad older_than_ms: " + age + ", expected at least 0");
        }
        return new TrashEmptied(trash.empty(below(ask.path()), clock.millis() - (age == null ? 0 : age)));
    }

    private static GridPath below(@Nullable String path) {
        return path == null ? GridPath.ROOT : CallerPaths.parse(path);
    }
}
