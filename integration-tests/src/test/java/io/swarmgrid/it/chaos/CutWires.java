package io.swarmgrid.it.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Cuts wires between nodes for less, or for more, than a silent node is waited for, or until the others go on without the one
 * that is cut off; clients still reach every node.
 */
final class CutWires implements Fault {
    /** What is cut. */
    enum Way {
        /** A node hears nothing of the others, and they nothing of it. */
        A_NODE_OFF,
        /** A node's words do not arrive at another one, whose words arrive. */
        ONE_DIRECTION,
        /** Two nodes do not hear each other; the third hears and is heard by both. */
        BETWEEN_TWO
    }

    private record Wire(int from, int to) {}

    private final Wires wires;
    private final Way way;
    private final Duration longest;

    CutWires(Wires wires, Way way, Duration longest) {
        this.wires = wires;
        this.way = way;
        this.longest = longest;
    }

    @Override
    public String name() {
        return "CutWires " + way;
    }

    @Override
    public Company company() {
        return way == Way.A_NODE_OFF ? Company.ONE_BY_ONE : Company.WIRES;
    }

    @Override
    public boolean strike(Arena arena, Random random) throws Exception {
        List<Wire> chosen = choose(random);
        List<Wire> cut = new ArrayList<>();
        try {
            for (Wire wire : chosen) {
                wires.cut(wire.from(), wire.to());
                cut.add(wire);
            }
            if (way == Way.A_NODE_OFF) {
                arena.awaitDown(arena.nodes().get(chosen.get(0).from()));
            }
            Thread.sleep(random.nextLong(longest.toMillis() / 3, longest.toMillis()));
        } finally {
            for (Wire wire : cut) {
                wires.mend(wire.from(), wire.to());
            }
        }
        if (way == Way.A_NODE_OFF) {
            Arena.awaitCutOff(arena.nodes().get(chosen.get(0).from()));
        }
        return true;
    }

    private List<Wire> choose(Random random) {
        int one = random.nextInt(wires.count());
        int other = (one + 1 + random.nextInt(wires.count() - 1)) % wires.count();
        List<Wire> chosen = new ArrayList<>();
        switch (way) {
            case ONE_DIRECTION -> chosen.add(new Wire(one, other));
            case BETWEEN_TWO -> {
                chosen.add(new Wire(one, other));
                chosen.add(new Wire(other, one));
            }
            case A_NODE_OFF -> {
                for (int n = 0; n < wires.count(); n++) {
                    if (n != one) {
                        chosen.add(new Wire(one, n));
                        chosen.add(new Wire(n, one));
                    }
                }
            }
        }
        return chosen;
    }
}
