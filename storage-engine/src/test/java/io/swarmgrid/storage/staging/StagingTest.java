package io.swarmgrid.storage.staging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.Caller;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.storage.memory.MemoryGrid;
import io.swarmgrid.storage.namespace.Files;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StagingTest {
    private static final CallContext CALL = new CallContext(Caller.LOCAL, QosClass.BULK, "test");
    private static final GridPath TARGET = GridPath.parse("/a/b");
    private final GridException noQuorum = new GridException(ErrorCode.NO_QUORUM, "alone");
    private final GridException notFound = new GridException(ErrorCode.NOT_FOUND, "no such session");

    private final MemoryGrid grid = new MemoryGrid();
    private final HandClock clock = new HandClock();
    private final Staging staging = new Staging(grid, Duration.ofMinutes(5), 3, clock);
    private final Staging elsewhere = new Staging(grid, Duration.ofMinutes(5), 3, clock);

    /** A clock that is moved by hand. */
    private static final class HandClock extends Clock {
        private Instant now = Instant.ofEpochSecond(1000);

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        void move(Duration time) {
            now = now.plus(time);
        }
    }

    private static void assertNotFound(Runnable call, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
                .hasMessageContaining(message);
    }

    /** Its commit would be refused though everybody sees what it has made. */
    @Test
    void isCommittedAlsoWhereWhatIsLeftOfItCannotGoNow() {
        StagedSession session = staging.begin(CALL, "kind", TARGET, "{}", null);
        Files refusing = (Files) Proxy.newProxyInstance(
                Files.class.getClassLoader(), new Class<?>[] {Files.class}, (proxy, method, asked) -> {
                    throw noQuorum;
                });

        new Staging(refusing, Duration.ofMinutes(5), 3, clock).committed(session.id());

        assertThat(staging.find(session.id(), "kind")).isEqualTo(session);
    }

    @Test
    void aCommitThatWasDoneBeforeIsDone() {
        assertThat(Staging.doneBefore(notFound, () -> Optional.of("done"))).isEqualTo("done");
        assertThatThrownBy(() -> Staging.doneBefore(notFound, Optional::empty)).isSameAs(notFound);
    }

    /** Its caller would take the refusal of the look for that of the commit. */
    @Test
    void aCommitInDoubtStaysSoWhereItCannotBeLookedUp() {
        GridException unknown = new GridException(ErrorCode.UNKNOWN_OUTCOME, "may have become visible");

        assertThatThrownBy(() -> Staging.doneBefore(unknown, this::refused)).isSameAs(unknown);
        assertThatThrownBy(() -> Staging.doneBefore(notFound, this::refused))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_OUTCOME));
        GridException conflict = new GridException(ErrorCode.CONFLICT, "others");
        assertThatThrownBy(() -> Staging.doneBefore(conflict, this::refused)).isSameAs(conflict);
    }

    private Optional<String> refused() {
        throw noQuorum;
    }

    @Test
    void isFoundOnEveryNode() {
        StagedSession session = staging.begin(CALL, "kind", TARGET, "{\"a\":1}", null);
        assertThat(elsewhere.find(session.id(), "kind")).isEqualTo(session);
        assertThat(session.expiresMs()).isEqualTo(clock.millis() + 300_000);
        assertThat(grid.find(session.content())).isPresent();
    }

    @Test
    void isNotFoundAsAnotherKind() {
        StagedSession session = staging.begin(CALL, "kind", TARGET, "{}", null);
        assertNotFound(() -> staging.find(session.id(), "other"), "no open other session: " + session.id());
    }

    @Test
    void isNamedByItsPutIdAndCaller() {
        StagedSession session = staging.begin(CALL, "kind", TARGET, "{}", "id");
        CallContext bob = new CallContext(new Caller("bob", "t", Set.of()), QosClass.BULK, "test");
        assertThat(elsewhere.begin(CALL, "kind", TARGET, "{}", "id").id()).isEqualTo(session.id());
        assertThat(staging.begin(bob, "kind", TARGET, "{}", "id").id()).isNotEqualTo(session.id());
        assertThat(staging.begin(CALL, "kind", TARGET, "{}", "id2").id()).isNotEqualTo(session.id());
    }

    @Test
    void refusesAPutIdOfAnotherRequest() {
        staging.begin(CALL, "kind", TARGET, "{}", "id");
        assertThatThrownBy(() -> staging.begin(CALL, "kind", TARGET, "{\"a\":1}", "id"))
                .isInstanceOf(GridException.class)
                .hasMessageContaining("put_id 'id' was used with another request: {}");
    }

    @Test
    void livesAsLongAsItIsTouched() {
        StagedSession session = staging.begin(CALL, "kind", TARGET, "{}", null);
        for (int i = 0; i < 5; i++) {
            clock.move(Duration.ofMinutes(4));
            elsewhere.touch(session.id(), "kind");
            assertThat(staging.expire()).isZero();
        }
        clock.move(Duration.ofMinutes(6));
        assertNotFound(() -> staging.touch(session.id(), "kind"), "no open kind session");
        assertThat(staging.expire()).isEqualTo(1);
        assertThat(grid.list(Files.STAGING, null, 10).entries()).isEmpty();
    }

    @Test
    void beginsAnewWhereOneOfThatIdExpired() {
        StagedSession session = staging.begin(CALL, "kind", TARGET, "{}", "id");
        grid.makeDirectory(session.content().child("old"), "me", Files.Parents.MAKE);
        clock.move(Duration.ofMinutes(6));
        StagedSession again = staging.begin(CALL, "kind", TARGET, "{\"new\":1}", "id");
        assertThat(again.id()).isEqualTo(session.id());
        assertThat(grid.find(session.content().child("old"))).isEmpty();
    }

    @Test
    void abortsOnce() {
        StagedSession session = staging.begin(CALL, "kind", TARGET, "{}", null);
        assertThat(elsewhere.abort(session.id())).isTrue();
        assertThat(staging.abort(session.id())).isFalse();
    }

    @Test
    void neverTakesAPathForAnId() {
        assertNotFound(() -> staging.abort("../../a"), "no such session: '../../a'");
    }

    @Test
    void expiresNothingWhereNothingWasStaged() {
        assertThat(staging.expire()).isZero();
    }

    @Test
    void refusesMoreThanTheBoundAndLetsInWhatOthersMadeRoomFor() {
        StagedSession first = staging.begin(CALL, "kind", TARGET, "{}", null);
        staging.begin(CALL, "kind", TARGET, "{}", null);
        elsewhere.begin(CALL, "kind", TARGET, "{}", null);

        staging.expire();
        assertThatThrownBy(() -> staging.begin(CALL, "kind", TARGET, "{}", null))
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED))
                .hasMessage("too many sessions are open in the grid: limits.max-sessions=3");
        elsewhere.abort(first.id());
        staging.begin(CALL, "kind", TARGET, "{}", null);

        clock.move(Duration.ofMinutes(6));
        staging.begin(CALL, "kind", TARGET, "{}", "after the others fell silent");
    }
}
