package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.util.Objects;
import org.apache.ignite.Ignite;
import org.apache.ignite.lang.IgniteCallable;
import org.apache.ignite.resources.IgniteInstanceResource;
import org.jspecify.annotations.Nullable;

/**
 * One operation on the metadata, sent to the node that is the primary of most of its keys, or run in place. Its fields are
 * plain values, since they travel. It may be run twice where a node is lost: the second run must find what the first did.
 */
abstract class Step implements IgniteCallable<byte[]> {
    private static final long serialVersionUID = 1L;

    private static final int OK = 0;
    private static final int FAILED = 1;
    private static final int STALE = 2;
    private static final int SHORT = 3;

    @IgniteInstanceResource
    private transient @Nullable Ignite ignite;

    /** The engine of the node that it was sent to. */
    final Ignite here() {
        return Objects.requireNonNull(ignite, "not run by Ignite");
    }

    /** Does it, on the node of these tables. */
    abstract byte[] run(Tables tables);

    /** Runs where it was sent to; errors travel as part of the answer, so that they arrive as they were thrown. */
    @Override
    public final byte[] call() {
        try {
            return new RecordWriter(256)
                    .octet(OK)
                    .octets(run(Tables.of(here())))
                    .done();
        } catch (QuotaShort e) {
            RecordWriter answer = new RecordWriter(64).octet(SHORT);
            e.encode(answer);
            return answer.done();
        } catch (StaleException e) {
            return new RecordWriter(64)
                    .octet(STALE)
                    .text(String.valueOf(e.getMessage()))
                    .done();
        } catch (RuntimeException e) {
            return failure(IgniteErrors.translate(e, false));
        }
    }

    private static byte[] failure(GridException error) {
        return new RecordWriter(256)
                .octet(FAILED)
                .text(error.code().name())
                .text(String.valueOf(error.getMessage()))
                .optionalText(error.path())
                .optionalText(error.hint())
                .done();
    }

    /** Opens what {@link #call} answered. */
    static byte[] open(byte[] answer) {
        RecordReader in = new RecordReader(answer);
        int tag = in.octet();
        return switch (tag) {
            case OK -> in.octets();
            case STALE -> throw new StaleException(in.text());
            case SHORT -> throw QuotaShort.decode(in);
            case FAILED -> throw error(in);
            default -> throw Codes.unknown("answer", tag);
        };
    }

    private static GridException error(RecordReader in) {
        ErrorCode code = ErrorCode.valueOf(in.text());
        String message = in.text();
        return new GridException(code, message, in.optionalText(), in.optionalText(), null);
    }
}
