package io.swarmgrid.client.bytes;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.swarmgrid.client.net.CallHeaders;
import io.swarmgrid.client.net.Channels;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileRead;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Whole files between this process and any node of the grid. Thread-safe; closing the {@link Channels} ends it. */
public final class BytesClient {
    /** How long the next bytes of a read may take: a holder may have to be given up and another one asked. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    /** Chunks of a read on their way. */
    private static final int AHEAD = 4;

    private final Channels channels;

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
        boolean worthIt = sizeHintBytes == null || sizeHintBytes > BytesMethods.CHUNK_BYTES;
        Boolean local = worthIt ? local(location) : null;
        return FileUpload.start(channel(location, headers), new PutStart(file, sizeHintBytes, local, null, null));
    }

    /**
     * Makes a file that is visible at once, and open for this writer.
     *
     * @throws io.swarmgrid.client.GridException what the grid refused it with
     */
    public FileUpload create(String location, CallHeaders headers, FilePut file) {
        return open(channel(location, headers), new PutStart(file, null, local(location), true, null));
    }

    /**
     * Opens a closed file to be written on behind its end.
     *
     * @throws io.swarmgrid.client.GridException what the grid refused it with
     */
    public FileUpload append(String location, CallHeaders headers, String path) {
        FilePut file = new FilePut(path, null, null, null, null);
        return open(channel(location, headers), new PutStart(file, null, local(location), null, true));
    }

    private static FileUpload open(Channel channel, PutStart start) {
        FileUpload upload = FileUpload.start(channel, start);
        boolean opened = false;
        try {
            upload.awaitOpened();
            opened = true;
            return upload;
        } finally {
            if (!opened) {
                upload.close();
            }
        }
    }

    private static @Nullable Boolean local(String location) {
        boolean local = MachineId.own().isPresent() && Channels.isLoopback(location);
        return local ? true : null;
    }

    /**
     * Begins to read a file.
     *
     * @throws io.swarmgrid.client.GridException NOT_FOUND and what else the node says
     */
    public FileDownload read(String location, CallHeaders headers, FileRead file) {
        FrameStream stream = FrameStream.open(
                channel(location, headers),
                BytesMethods.READ_FILE,
                Frame.Control.of(file),
                AHEAD,
                PATIENCE,
                "read " + file.path() + " from " + location);
        return FileDownload.over(stream, file.path());
    }

    private Channel channel(String location, CallHeaders headers) {
        return ClientInterceptors.intercept(channels.channel(location), headers.interceptor());
    }
}
