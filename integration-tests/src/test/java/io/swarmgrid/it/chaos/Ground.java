package io.swarmgrid.it.chaos;

import io.swarmgrid.node.local.LocalGrid;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Where the nodes run, and the faults that this allows: each in a network namespace of its own, one with a clock that can be set,
 * one with a small disk for its blocks, as far as this machine has such.
 */
final class Ground implements AutoCloseable {
    private static final int DISK_MIB = 1024;
    private static final int WITH_CLOCK = 1;
    private static final int WITH_DISK = 2;
    private static final Duration HOUR = Duration.ofHours(1);

    private final int nodes;
    private final Optional<Wires> wires;
    private final Optional<WrongClock> clock;
    private final Optional<SmallDisk> disk;

    private Ground(int nodes, Optional<Wires> wires, Optional<WrongClock> clock, Optional<SmallDisk> disk) {
        this.nodes = nodes;
        this.wires = wires;
        this.clock = clock;
        this.disk = disk;
    }

    /** @param directory of the grid */
    static Ground lay(Path directory, int nodes) throws IOException, InterruptedException {
        Optional<WrongClock> clock = WrongClock.make(directory.resolve(name(WITH_CLOCK) + ".clock"));
        Optional<SmallDisk> disk =
                SmallDisk.mount(directory.resolve(name(WITH_DISK)).resolve("blocks"), DISK_MIB);
        return new Ground(nodes, Wires.lay(nodes), clock, disk);
    }

    List<LocalGrid.Host> hosts(Map<String, String> settings) {
        List<LocalGrid.Host> hosts = new ArrayList<>(IntStream.range(0, nodes)
                .mapToObj(n -> wires.map(each -> each.host(n, settings)).orElse(LocalGrid.Host.loopback(settings)))
                .toList());
        clock.ifPresent(each -> hosts.set(WITH_CLOCK, each.on(hosts.get(WITH_CLOCK))));
        return hosts;
    }

    /** What cannot be done here, and why. */
    List<String> lacks() {
        return Stream.of(
                        wires.isPresent() ? "" : Wires.LACKING,
                        clock.isPresent() ? "" : WrongClock.LACKING,
                        disk.isPresent() ? "" : SmallDisk.LACKING)
                .filter(each -> !each.isEmpty())
                .toList();
    }

    /** @param longest what lasts, lasts no longer */
    Stream<Fault> faults(Duration longest) {
        Stream<Fault> cuts = wires.stream()
                .flatMap(each -> Arrays.stream(CutWires.Way.values()).map(way -> new CutWires(each, way, longest)));
        Stream<Fault> full = disk.stream().map(each -> new FillDisk(each, longest));
        Stream<Fault> jumps = clock.stream().flatMap(each -> Stream.of(HOUR, HOUR.negated())
                .map(ahead -> new JumpClock(each, name(WITH_CLOCK), ahead, longest)));
        return Stream.of(cuts, full, jumps).flatMap(each -> each);
    }

    @Override
    public void close() {
        wires.ifPresent(Wires::close);
        disk.ifPresent(SmallDisk::close);
    }

    private static String name(int node) {
        return "n" + (node + 1);
    }
}
