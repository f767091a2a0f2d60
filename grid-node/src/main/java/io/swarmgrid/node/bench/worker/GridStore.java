package io.swarmgrid.node.bench.worker;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.FileInput;
import io.swarmgrid.client.data.FileOutput;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.ListRequest;
import io.swarmgrid.client.wire.Listing;
import io.swarmgrid.client.wire.MakeDirectory;
import io.swarmgrid.client.wire.Remove;
import io.swarmgrid.client.wire.Removed;
import io.swarmgrid.client.wire.Rename;
import io.swarmgrid.client.wire.StatRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/** A grid by its own client: a file is put as a whole, and a put of durability {@code power} ends when it is on the devices. */
final class GridStore implements Store {
    private final GridClient client;

    GridStore(List<String> addresses) {
        this.client = GridClient.connect(addresses, ClientOptions.DEFAULT);
    }

    @Override
    public void writeDurably(String path, int replicas, Content content) throws IOException {
        try (FileOutput output = new FileOutput(client, new FilePut(path, true, null, replicas, "power"))) {
            content.writeTo(output::write);
            output.commit();
        }
    }

    @Override
    public void writeSmall(String path, byte[] content) {
        try (FileOutput output = new FileOutput(client, new FilePut(path, true, null, null, null))) {
            output.write(content, 0, content.length);
            output.commit();
        }
    }

    @Override
    public Reader open(String path) {
        FileInput input = FileInput.open(client, status(path));
        return new Reader() {
            @Override
            public int read(byte[] target) {
                return input.read(ByteBuffer.wrap(target));
            }

            @Override
            public void readAt(long from, byte[] target) {
                input.readAt(from, ByteBuffer.wrap(target));
            }

            @Override
            public void close() {
                input.close();
            }
        };
    }

    @Override
    public long sizeBytes(String path) {
        return status(path).sizeBytes();
    }

    @Override
    public long list(String directory) {
        long entries = 0;
        String token = null;
        do {
            Listing page = client.action("fs.list", new ListRequest(directory, null, token), Listing.class);
            entries += page.entries().size();
            token = page.nextPageToken();
        } while (token != null);
        return entries;
    }

    @Override
    public void makeDirectories(String directory) {
        client.action("fs.mkdir", new MakeDirectory(directory, true), FileStatus.class);
    }

    @Override
    public void rename(String from, String to) {
        client.action("fs.rename", new Rename(from, to, false, operationId()), FileStatus.class);
    }

    @Override
    public void remove(String file) {
        client.action("fs.remove", new Remove(file, false, operationId()), Removed.class);
    }

    @Override
    public void removeTree(String directory) {
        try {
            client.action("fs.remove", new Remove(directory, true, operationId()), Removed.class);
        } catch (GridException e) {
            if (e.code() != ErrorCode.NOT_FOUND) {
                throw e;
            }
        }
    }

    @Override
    public void close() {
        client.close();
    }

    private FileStatus status(String path) {
        return client.action("fs.stat", new StatRequest(path, null), FileStatus.class);
    }

    private static String operationId() {
        return UUID.randomUUID().toString();
    }
}
