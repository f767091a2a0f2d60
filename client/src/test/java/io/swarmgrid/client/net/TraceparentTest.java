package io.swarmgrid.client.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.Caller;
import io.swarmgrid.client.call.QosClass;
import io.swarmgrid.client.call.Traceparent;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceparentTest {
    private static final String HEADER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @Test
    void isCarriedIntoTheCallsThatACallCauses() {
        Traceparent trace = Objects.requireNonNull(Traceparent.parse(HEADER));
        CallContext context = new CallContext(Caller.LOCAL, QosClass.BULK, "r1", trace).withQos(QosClass.BACKGROUND);

        assertThat(trace.traceId()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(context.traceId()).isEqualTo(trace.traceId());
        assertThat(CallHeaders.of(context).asMap())
                .containsEntry("traceparent", HEADER)
                .containsEntry("x-swarm-request-id", "r1");
        assertThat(CallHeaders.of(new CallContext(Caller.LOCAL, QosClass.BULK, "r1"))
                        .asMap())
                .doesNotContainKey("traceparent");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-line\nbreak"
            })
    void goesOnWithoutWhatCannotBeUsed(String header) {
        assertThat(Traceparent.parse(header)).isNull();
    }

    @Test
    void takesWhatALaterVersionAdds() {
        String later = "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more";
        assertThat(Traceparent.parse(later)).isEqualTo(new Traceparent(later));
    }
}
