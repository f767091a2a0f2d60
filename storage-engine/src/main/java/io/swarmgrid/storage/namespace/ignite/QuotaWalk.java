package io.swarmgrid.storage.namespace.ignite;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Has all that is below a directory count for what it is to, depth first; in memory is the way down. Confined to one thread. */
final class QuotaWalk {
    private final Runner runner;
    private final long quota;
    private final long token;
    private final Deque<Frame> open = new ArrayDeque<>();

    /** A directory on the way. */
    private record Frame(
            long id,
            boolean begun,
            boolean listed,
            @Nullable String after) {
        static Frame of(long id) {
            return new Frame(id, false, false, null);
        }

        Frame from(@Nullable String next) {
            return new Frame(id, true, next == null, next);
        }
    }

    /** @param token a number that no other walk has */
    QuotaWalk(Runner runner, long quota, long directory, long token) {
        this.runner = runner;
        this.quota = quota;
        this.token = token;
        open.push(Frame.of(directory));
    }

    long quota() {
        return quota;
    }

    /** @return whether it has come to its end */
    boolean goOn(long untilNanos) {
        while (!open.isEmpty() && System.nanoTime() - untilNanos < 0) {
            step(open.element());
        }
        return open.isEmpty();
    }

    private void step(Frame frame) {
        if (!frame.begun) {
            boolean there = ask(SettleStep.Part.BEGIN, frame).goesOn();
            open.pop();
            if (there) {
                open.push(new Frame(frame.id, true, false, null));
            }
        } else if (!frame.listed) {
            SettleStep.Answer page = ask(SettleStep.Part.PAGE, frame);
            open.pop();
            open.push(page.goesOn() ? frame.from(page.next()) : Frame.of(frame.id));
            page.directories().forEach(id -> open.push(Frame.of(id)));
        } else {
            boolean ended = ask(SettleStep.Part.END, frame).goesOn();
            open.pop();
            if (!ended) {
                open.push(Frame.of(frame.id));
            }
        }
    }

    private SettleStep.Answer ask(SettleStep.Part part, Frame frame) {
        long top = open.size() == 1 ? quota : 0;
        SettleStep step = new SettleStep(part, frame.id, token, top, frame.after);
        return Runner.untilFresh(() -> SettleStep.Answer.decode(runner.change(frame.id, step)));
    }
}
