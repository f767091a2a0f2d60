package io.swarmgrid.client.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GridErrorsTest {
    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void everyErrorComesBackAsItWasSent(ErrorCode code) {
        GridException sent = new GridException(code, "cannot do it: n=7", "/a/b", "try n=8", null);
        StatusRuntimeException onTheWire = GridErrors.asStatusException(sent, "r1", null);
        GridException received = GridErrors.of(onTheWire);
        assertThat(received.code()).isEqualTo(code);
        assertThat(received).hasMessage("cannot do it: n=7");
        assertThat(received.path()).isEqualTo("/a/b");
        assertThat(received.hint()).isEqualTo("try n=8");
        assertThat(onTheWire.getStatus().getDescription()).isEqualTo(code + ": cannot do it: n=7 (try n=8)");
    }

    @Test
    void theSameJsonIsInBothTrailersWhereFlightHasRoomForIt() {
        Metadata trailers = GridErrors.trailers(
                new GridException(ErrorCode.UNAVAILABLE, "no answer: n=7"), "r2", "4bf92f3577b34da6a3ce929d0e0e4736");
        byte[] ours = trailers.get(GridErrors.ERROR);
        assertThat(ours).isEqualTo(trailers.get(GridErrors.DETAILS));
        assertThat(new String(ours, StandardCharsets.UTF_8))
                .isEqualTo("{\"code\":\"UNAVAILABLE\",\"kind\":\"RETRY\",\"message\":\"no answer: n=7\","
                        + "\"request_id\":\"r2\",\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\"}");
    }

    /** Flight's C++ clients would make it an internal error. */
    @Test
    void errorsThatAreArrowsOwnComeWithoutExtraInfo() {
        Metadata trailers = GridErrors.trailers(
                new GridException(ErrorCode.NOT_FOUND, "not found: /a"), "r2", "4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(trailers.get(GridErrors.ERROR)).isNotNull();
        assertThat(trailers.containsKey(GridErrors.DETAILS)).isFalse();
    }

    @Test
    void aPlainStatusBecomesTheNearestError() {
        assertThat(GridErrors.of(Status.UNAVAILABLE.withDescription("io exception"), null))
                .isInstanceOf(GridException.class)
                .hasMessage("io exception")
                .extracting(GridException::code)
                .isEqualTo(ErrorCode.UNAVAILABLE);
        assertThat(GridErrors.of(Status.DEADLINE_EXCEEDED, new Metadata()).code())
                .isEqualTo(ErrorCode.TIMEOUT);
        assertThat(GridErrors.of(Status.UNIMPLEMENTED, new Metadata()).code()).isEqualTo(ErrorCode.UNKNOWN_OPERATION);
    }

    @Test
    void aBrokenBodyFallsBackToTheStatus() {
        Metadata trailers = new Metadata();
        trailers.put(GridErrors.ERROR, "{".getBytes(StandardCharsets.UTF_8));
        GridException error = GridErrors.of(Status.NOT_FOUND.withDescription("gone"), trailers);
        assertThat(error.code()).isEqualTo(ErrorCode.NOT_FOUND);
        assertThat(error).hasMessage("gone");
    }

    @Test
    void unwrapsWhatAFutureThrows() {
        GridException cause = new GridException(ErrorCode.NO_SPACE, "full");
        assertThat(GridErrors.of(new ExecutionException(cause))).isSameAs(cause);
        assertThat(GridErrors.of(new IllegalStateException("x")).code()).isEqualTo(ErrorCode.INTERNAL);
    }

    @Test
    void keepsTrailersSmall() {
        GridException huge =
                new GridException(ErrorCode.INTERNAL, "x".repeat(100_000), "/" + "y".repeat(30_000), null, null);
        assertThat(GridErrors.trailers(huge, null, null).get(GridErrors.ERROR)).hasSizeLessThan(3000);
        assertThat(GridErrors.description(huge)).hasSizeLessThan(1100);
    }
}
