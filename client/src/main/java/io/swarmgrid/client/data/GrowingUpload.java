package io.swarmgrid.client.data;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.FileUpload;
import io.swarmgrid.client.bytes.PutStart;
import io.swarmgrid.client.bytes.PutStart.Again;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.grid.Repeat;
import io.swarmgrid.client.wire.FilePut;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * The writer has a name that nobody else knows, the put id. The grid keeps it with the file, and gives the file back to who says it, as long
 * as nobody else has opened it for writing or had it recovered since; whatever the lost node, or the grid's own recovery, is about
 * to do with the file is fenced by that. Of what was sent the grid has a beginning, which the answer says: so nothing is lost that was
 * acknowledged, and nothing is written twice.
 */
/** The upload of a file that others see, through one node after the other. Confined to one thread at a time. */
final class GrowingUpload implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GrowingUpload.class);

    private final GridClient client;
    private final PutStart start;
    private final long fileId;
    private At at;

    /** An upload, and the node that it goes through. */
    private record At(String location, FileUpload upload) {}

    private GrowingUpload(GridClient client, PutStart start, At at) {
        this.client = client;
        this.start = start;
        this.at = at;
        this.fileId = at.upload.fileId();
    }

    /** Something done with the upload, whichever it is; what of it was done before is seen by where the upload is. */
    @FunctionalInterface
    interface Work<T> {
        T with(FileUpload upload);
    }

    /** The same put under a name that is this writer's alone. */
    static FilePut named(FilePut put) {
        String name = UUID.randomUUID().toString();
        return new FilePut(put.path(), put.overwrite(), name, put.replicas(), put.durability());
    }

    /** Opens a file at the first node that does; an opening that was not answered is found by the next one. */
    static GrowingUpload open(GridClient client, PutStart start) {
        boolean[] asked = {false};
        String what = (start.append() == null ? "create " : "append to ")
                + start.file().path();
        At opened = client.anywhere(what, Repeat.ONCE, (location, atMost) -> {
            client.connected(location, atMost);
            PutStart next = asked[0] ? start.again(new Again(null, 0, 0)) : start;
            asked[0] = true;
            return new At(location, client.bytes().open(location, client.newHeaders(), next, atMost));
        });
        return new GrowingUpload(client, start, opened);
    }

    String path() {
        return start.file().path();
    }

    FileUpload now() {
        return at.upload;
    }

    /**
     * Does something, at another node where one is lost, for as long as the client is patient.
     *
     * @param kept what can be sent again; all before it was told to be kept by the nodes
     * @param syncedBytes how much was told to be on devices
     */
    <T> T lasting(KeptBytes kept, long syncedBytes, Work<T> work) {
        Outage outage = null;
        while (true) {
            if (outage == null || isOpenAgain(outage, kept, syncedBytes)) {
                try {
                    return work.with(at.upload);
                } catch (GridException e) {
                    outage = outageAfter(e, outage);
                }
            }
        }
    }

    private Outage outageAfter(GridException failure, @Nullable Outage before) {
        if (before != null) {
            before.brokeOffAgain(failure);
            return before;
        }
        Outage outage = new Outage(client, path(), failure);
        LOG.warn("cannot go on writing there: path={} node={} error={}", path(), at.location, failure.getMessage());
        if (failure.code() != ErrorCode.LEASE_LOST) {
            client.failed(at.location);
        }
        return outage;
    }

    private boolean isOpenAgain(Outage outage, KeptBytes kept, long syncedBytes) {
        try {
            goOn(outage.left(), kept, syncedBytes);
            return true;
        } catch (GridException e) {
            outage.notOpened(e);
            return false;
        }
    }

    private void goOn(Duration within, KeptBytes kept, long syncedBytes) {
        at.upload.close();
        PutStart again = start.again(new Again(fileId, kept.begin(), syncedBytes));
        at = client.anywhere("go on writing " + path(), Repeat.ONCE, within, (location, atMost) -> {
            client.connected(location, atMost);
            return new At(location, client.bytes().open(location, client.newHeaders(), again, atMost));
        });
        long there = at.upload.position();
        if (there < kept.begin() || there > kept.end()) {
            throw new GridException(
                    ErrorCode.CORRUPT_DATA,
                    "cannot go on writing " + path() + ": the grid has " + there + " bytes of it, it kept "
                            + kept.begin() + " and was sent " + kept.end());
        }
        kept.dropUpTo(there);
        LOG.info("goes on writing: path={} node={} at_byte={} of={}", path(), at.location, there, kept.end());
    }

    @Override
    public void close() {
        at.upload.close();
    }
}
