package io.swarmgrid.it;

import io.swarmgrid.client.data.GrowingFile;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.FilePut;
import java.util.List;
import java.util.Random;

/** A program that writes a file without an end, and says after each flush how much of it must stay. */
final class FlushingWriter {
    private FlushingWriter() {}

    /** The byte at a place of every file that this writes. */
    static byte[] content(int from, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            int at = from + i;
            bytes[i] = (byte) (at ^ (at >>> 8) * 31 ^ (at >>> 16) * 17);
        }
        return bytes;
    }

    /** @param arguments the address of a node, and the path */
    public static void main(String[] arguments) {
        Random random = new Random(7);
        FilePut put = new FilePut(arguments[1], null, null, null, null);
        try (GridClient client = GridClient.connect(List.of(arguments[0]), ClientOptions.DEFAULT);
                GrowingFile file = GrowingFile.create(client, put)) {
            for (int at = 0; ; ) {
                int length = 1 + random.nextInt(300_000);
                file.write(content(at, length), 0, length);
                at += length;
                if (random.nextBoolean()) {
                    file.flush();
                } else {
                    file.sync();
                }
                System.out.println(at);
            }
        }
    }
}
