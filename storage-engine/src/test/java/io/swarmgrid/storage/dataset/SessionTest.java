package io.swarmgrid.storage.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.DatasetPut;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.client.wire.PutResult;
import io.swarmgrid.client.wire.SessionInfo;
import io.swarmgrid.storage.namespace.Files;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.Types.MinorType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionTest {
    private final Fixture fixture = new Fixture();

    @AfterEach
    void nothingIsLeft() {
        fixture.close();
    }

    private static void assertRefused(ThrowingCallable call, ErrorCode code, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }

    private String begin(PutMode mode) {
        return fixture.store.begin(Fixture.CALL, Fixture.to("/d", mode)).session();
    }

    @Test
    void showsNothingBeforeTheCommit() {
        String session = begin(PutMode.CREATE);
        PutResult put = fixture.putNumbers(Fixture.into(session), 0, 10);
        assertThat(put).isEqualTo(new PutResult(false, "/d", 10L, put.sizeBytes(), 0));
        assertThat(fixture.grid.paths()).containsExactly("/");
        PutResult committed = fixture.store.commit(Fixture.CALL, session);
        assertThat(committed).isEqualTo(new PutResult(true, "/d", 10L, put.sizeBytes(), committed.version()));
        assertThat(fixture.values("/d", "n", null)).isEqualTo(Fixture.range(0, 10));
        assertThat(fixture.grid.staged()).isEmpty();
    }

    /** Whoever lost the answer asks again, elsewhere, while the first call goes on. */
    @Test
    void answersTheSameWhereAnotherCallCommitsMeanwhile() {
        for (String before : List.of("find", "list", "publish")) {
            fixture.grid.remove(Fixture.path("/d"), true, null);
            String session = begin(PutMode.CREATE);
            fixture.putNumbers(Fixture.into(session), 0, 10);
            List<PutResult> first = new ArrayList<>();
            DatasetStore second = fixture.storeOf((Files) Proxy.newProxyInstance(
                    getClass().getClassLoader(), new Class<?>[] {Files.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals(before) && first.isEmpty()) {
                            first.add(fixture.store.commit(Fixture.CALL, session));
                        }
                        try {
                            return method.invoke(fixture.grid, arguments);
                        } catch (InvocationTargetException e) {
                            throw e.getCause();
                        }
                    }));

            assertThat(second.commit(Fixture.CALL, session)).as(before).isEqualTo(first.get(0));
            assertThat(fixture.values("/d", "n", null)).isEqualTo(Fixture.range(0, 10));
        }
    }

    /** A dataset that has a quota itself: what would be refused in the end is refused before anything was put. */
    @Test
    void refusesAtTheBeginningWhatCannotBeReplaced() {
        fixture.putNumbers(Fixture.to("/d", PutMode.CREATE), 0, 10);
        DatasetStore refusing = fixture.storeOf((Files) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Files.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("requireReplaceable")) {
                        throw new GridException(ErrorCode.PRECONDITION_FAILED, "has a quota: " + arguments[0]);
                    }
                    return method.invoke(fixture.grid, arguments);
                }));
        DatasetPut over = Fixture.to("/d", PutMode.OVERWRITE);
        assertRefused(() -> refusing.begin(Fixture.CALL, over), ErrorCode.PRECONDITION_FAILED, "has a quota: /d");
        assertRefused(
                () -> refusing.put(Fixture.CALL, over, Fixture.NUMBERS, Fixture.NO_DICTIONARIES),
                ErrorCode.PRECONDITION_FAILED,
                "has a quota: /d");
        assertThat(fixture.grid.staged()).isEmpty();
        fixture.store.abort(
                refusing.begin(Fixture.CALL, Fixture.to("/d", PutMode.APPEND)).session());
    }

    /** Of an attempt whose outcome nobody knew the refusal of a later one says nothing. */
    @Test
    void whatMayHaveBecomeVisibleIsNotSaidToBeRefused() {
        String session = begin(PutMode.CREATE);
        fixture.putNumbers(Fixture.into(session), 0, 10);
        fixture.grid.failPublish(ErrorCode.UNKNOWN_OUTCOME, false);
        fixture.grid.failPublish(ErrorCode.PRECONDITION_FAILED, false);

        assertRefused(
                () -> fixture.store.commit(Fixture.CALL, session),
                ErrorCode.UNKNOWN_OUTCOME,
                "may have become visible");
        assertThat(fixture.store.commit(Fixture.CALL, session).rows()).isEqualTo(10);
    }

    @Test
    void takesWritersOnSeveralNodesAtOnce() {
        String session = begin(PutMode.CREATE);
        DatasetStore other = fixture.store("2MiB");
        try (VectorSchemaRoot one = fixture.numbers(0, 10);
                VectorSchemaRoot two = fixture.numbers(10, 30);
                DatasetWriter first = fixture.store.put(
                        Fixture.CALL, Fixture.into(session), Fixture.NUMBERS, Fixture.NO_DICTIONARIES);
                DatasetWriter second =
                        other.put(Fixture.CALL, Fixture.into(session), Fixture.NUMBERS, Fixture.NO_DICTIONARIES)) {
            first.write(one);
            second.write(two);
            second.commit();
            first.commit();
        }
        assertThat(other.commit(Fixture.CALL, session).rows()).isEqualTo(30);
        assertThat(fixture.values("/d", "n", null)).containsExactlyInAnyOrderElementsOf(Fixture.range(0, 30));
    }

    @Test
    void keepsTheOrderOfPutsOneAfterTheOther() {
        String session = begin(PutMode.CREATE);
        for (int i = 0; i < 5; i++) {
            fixture.putNumbers(Fixture.into(session), i * 10, i * 10 + 10);
        }
        fixture.store.commit(Fixture.CALL, session);
        assertThat(fixture.values("/d", "n", null)).isEqualTo(Fixture.range(0, 50));
    }

    @Test
    void leavesOutWhatWasBrokenOff() {
        String session = begin(PutMode.CREATE);
        fixture.putNumbers(Fixture.into(session), 0, 10);
        DatasetPut small = new DatasetPut(session, null, null, null, 10L, null, null, null);
        try (VectorSchemaRoot root = fixture.numbers(10, 100);
                DatasetWriter writer =
                        fixture.store.put(Fixture.CALL, small, Fixture.NUMBERS, Fixture.NO_DICTIONARIES)) {
            writer.write(root);
        }
        fixture.store.commit(Fixture.CALL, session);
        assertThat(fixture.values("/d", "n", null)).isEqualTo(Fixture.range(0, 10));
    }

    @Test
    void answersARepeatedCommitWithTheFirst() {
        String session = begin(PutMode.CREATE);
        fixture.putNumbers(Fixture.into(session), 0, 10);
        PutResult first = fixture.store.commit(Fixture.CALL, session);
        fixture.putNumbers(Fixture.to("/d", PutMode.APPEND), 10, 12);
        assertThat(fixture.store.commit(Fixture.CALL, session)).isEqualTo(first);
        assertThat(fixture.putNumbers(Fixture.into(session), 0, 10))
                .as("a late put changes nothing")
                .isEqualTo(first);
        assertThat(fixture.values("/d", "n", null)).isEqualTo(Fixture.range(0, 12));
    }

    @Test
    void findsOutWhatALostCommitWas() {
        String session = begin(PutMode.CREATE);
        fixture.putNumbers(Fixture.into(session), 0, 10);
        fixture.grid.failPublish(ErrorCode.UNKNOWN_OUTCOME, true);
        assertThat(fixture.store.commit(Fixture.CALL, session).rows()).isEqualTo(10);
    }

    @Test
    void beginsOnceWhereItHasAnId() {
        DatasetPut put = new DatasetPut(null, "/d", PutMode.CREATE, "id", null, null, null, null);
        DatasetPut other = new DatasetPut(null, "/d", PutMode.OVERWRITE, "id", null, null, null, null);
        SessionInfo first = fixture.store.begin(Fixture.CALL, put);
        assertThat(fixture.store.begin(Fixture.CALL, put).session()).isEqualTo(first.session());
        assertRefused(
                () -> fixture.store.begin(Fixture.CALL, other),
                ErrorCode.INVALID_ARGUMENT,
                "put_id 'id' was used with another request");
        fixture.putNumbers(Fixture.into(first.session()), 0, 10);
        PutResult result = fixture.store.commit(Fixture.CALL, first.session());
        SessionInfo again = fixture.store.begin(Fixture.CALL, put);
        assertThat(again.session()).isEqualTo(first.session());
        assertThat(first.isCommitted()).isFalse();
        assertThat(again.isCommitted()).isTrue();
        assertThat(fixture.store.commit(Fixture.CALL, again.session())).isEqualTo(result);
    }

    @Test
    void takesAPutWithAnIdOnce() {
        String session = begin(PutMode.CREATE);
        DatasetPut put = new DatasetPut(session, null, null, "p", null, null, null, null);
        PutResult first = fixture.putNumbers(put, 0, 10);
        assertThat(fixture.putNumbers(put, 0, 10)).isEqualTo(first);
        assertThat(fixture.store.commit(Fixture.CALL, session).rows()).isEqualTo(10);
    }

    @Test
    void takesAPutWithAnIdAgainWhereTheSessionWasGivenUp() {
        DatasetPut begin = new DatasetPut(null, "/d", PutMode.CREATE, "id", null, null, null, null);
        String session = fixture.store.begin(Fixture.CALL, begin).session();
        DatasetPut put = new DatasetPut(session, null, null, "p", null, null, null, null);
        fixture.putNumbers(put, 0, 10);
        fixture.store.abort(session);

        assertThat(fixture.store.begin(Fixture.CALL, begin).session()).isEqualTo(session);
        fixture.putNumbers(put, 0, 10);
        assertThat(fixture.store.commit(Fixture.CALL, session).rows()).isEqualTo(10);
    }

    @Test
    void givesUpWhatIsAborted() {
        String session = begin(PutMode.CREATE);
        fixture.putNumbers(Fixture.into(session), 0, 10);
        assertThat(fixture.store.abort(session)).isTrue();
        assertThat(fixture.store.abort(session)).isFalse();
        assertThat(fixture.grid.staged()).isEmpty();
        assertRefused(
                () -> fixture.store.commit(Fixture.CALL, session), ErrorCode.NOT_FOUND, "no open dataset session");
        assertRefused(
                () -> fixture.putNumbers(Fixture.into(session), 0, 1), ErrorCode.NOT_FOUND, "no open dataset session");
    }

    @Test
    void refusesWhatIsNoSession() {
        assertRefused(() -> fixture.store.commit(Fixture.CALL, "x/../y"), ErrorCode.NOT_FOUND, "no such session");
        DatasetPut both = new DatasetPut("0".repeat(32), "/d", null, null, null, null, null, null);
        assertRefused(() -> fixture.putNumbers(both, 0, 1), ErrorCode.NOT_FOUND, "no open dataset session");
    }

    @Test
    void refusesToCommitNothing() {
        String session = begin(PutMode.CREATE);
        assertRefused(
                () -> fixture.store.commit(Fixture.CALL, session),
                ErrorCode.PRECONDITION_FAILED,
                "nothing was put into the session");
        fixture.putNumbers(Fixture.into(session), 0, 0);
        assertThat(fixture.store.commit(Fixture.CALL, session).rows()).isZero();
    }

    @Test
    void refusesWritersOfDifferentSchemas() {
        String session = begin(PutMode.CREATE);
        fixture.putNumbers(Fixture.into(session), 0, 10);
        Schema longs = new Schema(List.of(Field.nullable("n", MinorType.BIGINT.getType())));
        assertRefused(
                () -> fixture.store.put(Fixture.CALL, Fixture.into(session), longs, Fixture.NO_DICTIONARIES),
                ErrorCode.SCHEMA_MISMATCH,
                "column 'n' is Int(32, true), got Int(64, true)");
        fixture.store.abort(session);
    }

    @Test
    void appendsAfterWhatIsThere() {
        fixture.putNumbers(Fixture.to("/d", PutMode.CREATE), 0, 10);
        String session = begin(PutMode.APPEND);
        fixture.putNumbers(Fixture.into(session), 10, 20);
        fixture.grid.failPublish(ErrorCode.CONFLICT, false);
        assertThat(fixture.store.commit(Fixture.CALL, session).version()).isEqualTo(2);
        assertThat(fixture.values("/d", "n", null)).isEqualTo(Fixture.range(0, 20));
    }

    @Test
    void replacesAPartThatIsPutAgain() {
        String session = begin(PutMode.CREATE);
        part(session, 1, 100, 200);
        part(session, 0, 0, 5);
        part(session, 1, 5, 9);
        part(session, 0, 0, 5);
        assertThat(fixture.store.commit(Fixture.CALL, session).rows()).isEqualTo(9);
        assertThat(fixture.values("/d", "n", null)).isEqualTo(Fixture.range(0, 9));
        assertThat(fixture.plan("/d", null, null).endpoints())
                .extracting(endpoint -> endpoint.read().name())
                .containsExactly("part-00000.arrow", "part-00001.arrow");
    }

    private void part(String session, int part, int from, int to) {
        try (VectorSchemaRoot root = fixture.numbers(from, to);
                DatasetWriter writer =
                        fixture.store.putPart(Fixture.CALL, session, part, Fixture.NUMBERS, Fixture.NO_DICTIONARIES)) {
            writer.write(root);
            writer.commit();
        }
    }
}
