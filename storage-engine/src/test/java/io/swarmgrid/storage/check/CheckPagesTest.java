package io.swarmgrid.storage.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.Files;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A tree of directories without a file, each of which takes a second to list. */
class CheckPagesTest {
    private static final int WIDTH = 6;
    private static final int DEPTH = 3;
    private static final int DIRECTORIES = 1 + WIDTH + WIDTH * WIDTH + WIDTH * WIDTH * WIDTH;
    private static final CallContext CONTEXT = CallContext.background("n1", "test");
    private static final CheckMode MODE = new CheckMode(CheckMode.Depth.END, CheckMode.Repair.NO);

    private final AtomicLong seconds = new AtomicLong();

    @Test
    void aPageOfDirectoriesAloneEndsInTimeToo() {
        FileChecker checker = checker();
        FileChecker.Place place = null;
        long found = 0;
        int pages = 0;
        do {
            long begun = seconds.get();
            FileChecker.Page page = checker.check(CONTEXT, GridPath.ROOT, place, MODE, 500);
            assertThat(seconds.get() - begun).as("seconds").isLessThanOrEqualTo(6);
            found += page.found().directories();
            place = page.next();
            pages++;
        } while (place != null && pages < 2 * DIRECTORIES);

        assertThat(found).isEqualTo(DIRECTORIES);
    }

    @SuppressWarnings("NullAway") // no copy is looked at
    private FileChecker checker() {
        Files files = (Files) Proxy.newProxyInstance(
                Files.class.getClassLoader(),
                new Class<?>[] {Files.class},
                (proxy, method, asked) -> switch (method.getName()) {
                    case "stat" -> directory("/");
                    case "list" -> list((GridPath) asked[0], (String) asked[1]);
                    default -> throw new UnsupportedOperationException(method.getName());
                });
        FileMetadata none = (FileMetadata) Proxy.newProxyInstance(
                FileMetadata.class.getClassLoader(), new Class<?>[] {FileMetadata.class}, (proxy, method, asked) -> {
                    throw new UnsupportedOperationException(method.getName());
                });
        return new FileChecker(files, none, null, () -> {}, () -> Duration.ofSeconds(seconds.get())
                .toNanos());
    }

    private Listing list(GridPath directory, @Nullable String after) {
        seconds.incrementAndGet();
        if (directory.names().size() >= DEPTH) {
            return new Listing(List.of(), null);
        }
        int from = after == null ? 0 : Integer.parseInt(after.substring(1)) + 1;
        return new Listing(
                IntStream.range(from, WIDTH)
                        .mapToObj(i -> directory(directory.child("d" + i).toString()))
                        .toList(),
                null);
    }

    private static FileStatus directory(String path) {
        return new FileStatus(path, EntryKind.DIRECTORY, 1, 0, 1, 0, 0, "ada", 0, null, null, null, null);
    }
}
