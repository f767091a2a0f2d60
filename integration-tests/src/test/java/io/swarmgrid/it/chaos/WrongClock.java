package io.swarmgrid.it.chaos;

import io.swarmgrid.node.local.LocalGrid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A node whose wall clock can be set while it runs, by libfaketime; its monotonic clock goes on, as a machine's does when its
 * clock is set.
 */
final class WrongClock {
    /** What is said where there is none. */
    static final String LACKING = "NOT RUN: a clock that jumps, which needs libfaketime (apt-get install faketime)";

    private static final List<Path> LIBRARIES = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"),
            Path.of("/usr/lib64/faketime/libfaketimeMT.so.1"));

    private final Path library;
    private final Path offset;

    private WrongClock(Path library, Path offset) {
        this.library = library;
        this.offset = offset;
    }

    /** One that is right at first; empty where the library is not there. */
    static Optional<WrongClock> make(Path offset) throws IOException {
        Optional<Path> library = LIBRARIES.stream().filter(Files::exists).findFirst();
        if (library.isEmpty()) {
            System.out.println(LACKING);
            return Optional.empty();
        }
        WrongClock clock = new WrongClock(library.get(), offset);
        clock.set(Duration.ZERO);
        return Optional.of(clock);
    }

    /** From within a second the node's clock is so far ahead of what is right, or behind. */
    void set(Duration ahead) throws IOException {
        Path next = offset.resolveSibling(offset.getFileName() + ".next");
        Files.writeString(next, "%+d".formatted(ahead.toSeconds()));
        Files.move(next, offset, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The same node with this clock. */
    LocalGrid.Host on(LocalGrid.Host host) {
        List<String> through = new ArrayList<>(host.through());
        through.addAll(List.of(
                "env",
                "LD_PRELOAD=" + library,
                "FAKETIME_TIMESTAMP_FILE=" + offset,
                "FAKETIME_CACHE_DURATION=1",
                "FAKETIME_DONT_FAKE_MONOTONIC=1",
                "DONT_FAKE_MONOTONIC=1",
                "FAKETIME_FORCE_MONOTONIC_FIX=0"));
        return new LocalGrid.Host(host.address(), through, host.overrides());
    }
}
