package io.swarmgrid.storage.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One long piece of work at a time. */
final class SingleRunTest {
    private final SingleRun<Errand> runs = new SingleRun<>(new SingleRun.Words(
            "errand", id -> "this node is at an errand: run=" + id, "no such errand", "begin it anew"));
    private final CountDownLatch go = new CountDownLatch(1);

    @AfterEach
    void close() {
        runs.close();
    }

    @Test
    void isAnsweredWhenItHasEndedAndFoundUntilTheNextOne() {
        Errand first = runs.begin(new Errand("1", () -> {}));
        assertThat(runs.look(first).state).isEqualTo("done");
        assertThat(first.thread).isEqualTo("errand");
        assertThat(runs.find("1")).isSameAs(first);
        runs.look(runs.begin(new Errand("2", () -> {})));
        assertThatThrownBy(() -> runs.find("1"))
                .isInstanceOfSatisfying(GridException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
                    assertThat(e.hint()).isEqualTo("begin it anew");
                })
                .hasMessageContaining("no such errand: 1");
    }

    @Test
    void keepsAnotherFromBeginningMeanwhile() throws InterruptedException {
        runs.begin(new Errand("1", this::awaitGo));
        assertThatThrownBy(() -> runs.begin(new Errand("2", () -> {})))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT))
                .hasMessageContaining("this node is at an errand: run=1");
        go.countDown();
        runs.await();
        assertThat(runs.look(runs.begin(new Errand("2", () -> {}))).state).isEqualTo("done");
    }

    @Test
    void isToldWhatItThrew() {
        GridException refused = new GridException(ErrorCode.NO_SPACE, "no space", null, "free some", null);
        assertThat(end(refused)).isEqualTo("no space (free some)");
        assertThat(end(new GridException(ErrorCode.UNAVAILABLE, "not now"))).isEqualTo("not now");
        assertThat(end(new IllegalArgumentException("what?")))
                .isEqualTo("a fault in the program: java.lang.IllegalArgumentException: what?");
    }

    @Test
    void isBrokenOffByTheEndOfTheNode() throws InterruptedException {
        Errand errand = runs.begin(new Errand("1", this::awaitGo));
        runs.close();
        runs.await();
        assertThat(errand.state).isEqualTo("a fault in the program: java.lang.IllegalStateException: interrupted");
    }

    private String end(RuntimeException thrown) {
        Errand errand = runs.begin(new Errand("1", () -> {
            throw thrown;
        }));
        return runs.look(errand).state;
    }

    private void awaitGo() {
        try {
            go.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static final class Errand implements SingleRun.Run {
        private final String id;
        private final Runnable work;
        private volatile String state = "running";
        private volatile @Nullable String thread;

        Errand(String id, Runnable work) {
            this.id = id;
            this.work = work;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public String what() {
            return "errand";
        }

        @Override
        public String asked() {
            return ", for=nobody";
        }

        @Override
        public String outcome() {
            return "state=" + state;
        }

        @Override
        public void run() {
            thread = Thread.currentThread().getName();
            work.run();
            state = "done";
        }

        @Override
        public void fail(String why) {
            state = why;
        }
    }
}
