package io.swarmgrid.node.flight;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.Grant;
import io.swarmgrid.client.wire.CheckRequest;
import io.swarmgrid.client.wire.CheckResult;
import io.swarmgrid.storage.check.CheckMode;
import io.swarmgrid.storage.check.FileChecker;
import io.swarmgrid.storage.namespace.CallerPaths;
import org.jspecify.annotations.Nullable;

/** The action {@code fs.check}. Thread-safe. */
final class CheckActions {
    private static final int DEFAULT_FILES = 500;
    private static final int MAX_FILES = 10_000;

    private final FileChecker checker;
    private final PageTokens pages;
    private final String node;

    CheckActions(Services services) {
        this.checker = services.checker();
        this.pages = new PageTokens(services.gridSecret());
        this.node = services.config().nodeName();
    }

    void addTo(ActionTable table) {
        table.add(
                "fs.check",
                "Whether every copy of every block is there: {path, verify, repair, page_size, page_token}",
                Grant.READ,
                CheckRequest.class,
                this::check);
    }

    private CheckResult check(CallContext call, CheckRequest ask) {
        GridPath top = CallerPaths.parse(ask.path());
        boolean repair = Boolean.TRUE.equals(ask.repair());
        if (repair) {
            call.caller().require(Grant.WRITE);
        }
        CheckMode mode = new CheckMode(
                Boolean.TRUE.equals(ask.verify()) ? CheckMode.Depth.ALL : CheckMode.Depth.END,
                repair ? CheckMode.Repair.YES : CheckMode.Repair.NO);
        CallContext context = CallContext.background(node, call.requestId());
        FileChecker.Page page = checker.check(context, top, place(top, ask.pageToken()), mode, files(ask.pageSize()));
        FileChecker.Place next = page.next();
        return page.found().next(next == null ? null : pages.issue(top, next.block() + ":" + next.path()));
    }

    private FileChecker.@Nullable Place place(GridPath top, @Nullable String token) {
        String text = pages.open(top, token);
        if (text == null) {
            return null;
        }
        // Made by this grid: the token is signed.
        int colon = text.indexOf(':');
        return new FileChecker.Place(
                GridPath.parse(text.substring(colon + 1)), Integer.parseInt(text.substring(0, Math.max(0, colon))));
    }

    private static int files(@Nullable Integer asked) {
        if (asked != null && asked < 1) {
            throw GridException.invalid("bad page_size: " + asked + ", expected at least 1");
        }
        return asked == null ? DEFAULT_FILES : Math.min(asked, MAX_FILES);
    }
}
