package io.swarmgrid.storage.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.SafeModeStatus;
import io.swarmgrid.storage.membership.TestGrid.Member;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A grid that is not to change, on three engines. */
class SafeModeTest {
    @TempDir
    private Path root;

    @Test
    void holdsOnEveryNodeFromWhenItIsEnteredAndOverARestartOfAll() throws Exception {
        try (TestGrid grid = new TestGrid(root, 3, Map.of())) {
            List<Member> members = grid.startAll();
            assertThat(mode(members, 0).<Integer>change(() -> 1)).isEqualTo(1);

            SafeModeStatus entered = mode(members, 0).enter("alice");

            assertThat(entered.on()).isTrue();
            assertThat(entered.by()).isEqualTo("alice");
            assertThat(mode(members, 1).enter("bob"))
                    .as("who asked first is remembered")
                    .isEqualTo(entered);
            for (Member member : members) {
                refuses(member.engine());
            }

            grid.stopAll();
            List<Member> again = grid.startAll();
            for (Member member : again) {
                refuses(member.engine());
                assertThat(member.engine().safeMode().status()).isEqualTo(entered);
            }

            assertThat(mode(again, 1).leave("bob")).isEqualTo(SafeModeStatus.OFF);
            for (Member member : again) {
                assertThat(member.engine().safeMode().<Integer>change(() -> 2)).isEqualTo(2);
            }
            isEnteredWhenWhatWasBegunBeforeHasEnded(mode(again, 0), again.get(1).engine());
        }
    }

    /** One change goes on on another node while it is entered. */
    private static void isEnteredWhenWhatWasBegunBeforeHasEnded(SafeMode asked, MetadataEngine other) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        CompletableFuture<Boolean> change =
                CompletableFuture.supplyAsync(() -> other.safeMode().change(() -> {
                    begun.countDown();
                    return within(end);
                }));
        assertThat(within(begun)).isTrue();

        CompletableFuture<SafeModeStatus> entered = CompletableFuture.supplyAsync(() -> asked.enter("alice"));

        await().until(() -> other.safeMode().status().on());
        await().during(Duration.ofMillis(300)).until(() -> !entered.isDone());
        end.countDown();
        assertThat(entered.get(20, TimeUnit.SECONDS).on()).isTrue();
        assertThat(change.get(20, TimeUnit.SECONDS)).isTrue();
        refuses(other);
    }

    private static boolean within(CountDownLatch latch) {
        try {
            return latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static SafeMode mode(List<Member> members, int index) {
        return members.get(index).engine().safeMode();
    }

    private static void refuses(MetadataEngine engine) {
        assertThatThrownBy(() -> engine.safeMode().change(() -> 1))
                .isInstanceOfSatisfying(GridException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED);
                    assertThat(e.hint()).contains("swarm grid safe-mode leave");
                })
                .hasMessageStartingWith(
                        "the grid is in safe mode and takes no change of names or files: by=alice, since=");
    }
}
