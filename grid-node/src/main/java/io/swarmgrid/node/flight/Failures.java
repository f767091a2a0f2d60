package io.swarmgrid.node.flight;

import io.grpc.StatusRuntimeException;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.ErrorKind;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.net.GridErrors;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.memory.OutOfMemoryException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The boundary between what services throw and what a Flight client is told. */
final class Failures {
    private static final Logger log = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    /** What flight-core passes on as it is. Logs, once, what an operator must see. */
    static StatusRuntimeException asStatus(Throwable failure, CallContext context) {
        return GridErrors.asStatusException(asLogged(failure, context), context.requestId(), context.traceId());
    }

    /** The same for a door without Flight. */
    static GridException asLogged(Throwable failure, CallContext context) {
        GridException error = asGrid(failure, context);
        if (error.kind() == ErrorKind.FATAL) {
            log.error(
                    "call failed: request_id={} trace_id={} caller={} code={} problem={}",
                    context.requestId(),
                    context.traceId(),
                    context.caller().name(),
                    error.code(),
                    error.getMessage(),
                    failure);
        }
        return error;
    }

    private static GridException asGrid(Throwable failure, CallContext context) {
        if (failure instanceof GridException grid) {
            return grid;
        }
        if (failure instanceof FlightRuntimeException flight && flight.status().code() == FlightStatusCode.CANCELLED) {
            return new GridException(ErrorCode.CANCELLED, "the caller cancelled", failure);
        }
        if (failure instanceof OutOfMemoryError || failure instanceof OutOfMemoryException) {
            return new GridException(
                    ErrorCode.OVERLOADED,
                    "overloaded: no memory for the buffers of this call",
                    null,
                    "back off for a second and retry",
                    failure);
        }
        return new GridException(
                ErrorCode.INTERNAL,
                "unexpected " + failure.getClass().getSimpleName() + ": " + failure.getMessage(),
                null,
                "the node's log tells more under request_id=" + context.requestId(),
                failure);
    }
}
