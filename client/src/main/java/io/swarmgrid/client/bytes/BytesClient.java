package io.swarmgrid.client.bytes;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.net.CallHeaders;
import io.swarmgrid.client.net.Channels;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileRead;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Whole files between this process and any node of the grid. Thread-safe; closing the {@link Channels} ends it. */
public final class BytesClient {
    /** Chunks of a read on their way. */
    private static final int AHEAD = 4;

    private final Channels channels;
    private final CheckedSpans checked = new CheckedSpans();
    /** Of each node that was asked; as many as the grid has. */
    private final Map<String, Boolean> here = new ConcurrentHashMap<>();

    public BytesClient(Channels channels) {
        this.channels = channels;
    }

    /**
     * Begins to put a file.
     *
     * @param location of the node that takes it
     * @param sizeHintBytes how large it will be; null where that is not known
     * @throws io.swarmgrid.client.GridException from this or, mostly, from the upload's methods
     */
    public FileUpload put(String location, CallHeaders headers, FilePut file, @Nullable Long sizeHintBytes) {
        return put(location, headers, PutStart.put(file, sizeHintBytes));
    }

    /** The same for a put that says more. */
    public FileUpload put(String location, CallHeaders headers, PutStart put) {
        Long sizeHintBytes = put.sizeHintBytes();
        boolean worthIt = sizeHintBytes == null || sizeHintBytes > BytesMethods.CHUNK_BYTES;
        Boolean local = worthIt ? local(location) : null;
        return FileUpload.start(channel(location, headers), put.here(local));
    }

    /**
     * Makes a file that is visible at once, and open for this writer.
     *
     * @param patience how long the node may take to open it
     * @throws io.swarmgrid.client.GridException what the grid refused it with
     */
    public FileUpload create(String location, CallHeaders headers, FilePut file, Duration patience) {
        return open(location, headers, PutStart.create(file), patience);
    }

    /**
     * Opens a file that is visible while it is written: a new one, one that is there, or one that was being written when a node was lost.
     *
     * @param patience how long the node may take to open it
     * @return where it begins says how much there is; or that it has {@link FileUpload#ended} before
     * @throws io.swarmgrid.client.GridException what the grid refused it with
     */
    public FileUpload open(String location, CallHeaders headers, PutStart start, Duration patience) {
        FileUpload upload = FileUpload.start(channel(location, headers), start.here(local(location)));
        boolean opened = false;
        try {
            upload.awaitOpened(location, patience);
            opened = true;
            return upload;
        } finally {
            if (!opened) {
                upload.close();
            }
        }
    }

    private @Nullable Boolean local(String location) {
        return isHere(location) ? true : null;
    }

    /** Whether a node is on this machine, so that bytes may go through files instead of connections. */
    public boolean isHere(String location) {
        return MachineId.own().isPresent() && here.computeIfAbsent(location, Channels::isHere);
    }

    /**
     * Begins to read a file.
     *
     * @param patience how long the node may take to answer, and then for the next bytes where they are asked for without a time
     * @throws io.swarmgrid.client.GridException NOT_FOUND and what else the node says
     */
    public FileDownload read(String location, CallHeaders headers, FileRead file, Duration patience) {
        FrameStream stream = FrameStream.open(
                channel(location, headers),
                BytesMethods.READ_FILE,
                Frame.Control.of(file),
                AHEAD,
                patience,
                "read " + file.path() + " from " + location);
        return FileDownload.over(stream, file.path(), patience);
    }

    /**
     * Opens the next few blocks of a file that are on a node of this machine, from the offset of the read on.
     *
     * @param patience how long the node may take to answer
     * @return in order; those that could not be opened say who has them
     * @throws io.swarmgrid.client.GridException NOT_FOUND and what else the node says
     */
    public List<OpenedBlock> open(String location, CallHeaders headers, FileRead file, Duration patience) {
        String what = "open the blocks of " + file.path() + " at " + location;
        try (FrameStream stream = FrameStream.open(
                channel(location, headers), BytesMethods.LEND_BLOCKS, Frame.Control.of(file), 1, patience, what)) {
            if (!(stream.next() instanceof Frame.Control control)) {
                throw new GridException(ErrorCode.INTERNAL, "cannot " + what + ": the node answered out of order");
            }
            LentBlocks lent = control.as(LentBlocks.class);
            return lent.blocks().stream()
                    .map(block -> new OpenedBlock(
                            block,
                            LocalBlock.open(block, location, lent.machine(), checked)
                                    .orElse(null)))
                    .toList();
        }
    }

    /**
     * A block that was asked for.
     *
     * @param open the caller releases it; null where it cannot be read in place
     */
    public record OpenedBlock(LentBlock block, @Nullable LocalBlock open) {}

    private Channel channel(String location, CallHeaders headers) {
        return ClientInterceptors.intercept(channels.channel(location), headers.interceptor());
    }
}
