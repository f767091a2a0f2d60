package io.swarmgrid.it.hadoop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.MultipartUploader;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UploadHandle;

/**
 * Streams that give their bytes once, more of them than a writer keeps, to be stored by {@code hadoop fs -put -} and as a part of an
 * upload. Most of each is given before something happens, the rest after it.
 */
final class LongStreams implements AutoCloseable {
    /** A client keeps 32 MiB. */
    private static final int BYTES = 40 << 20;

    private static final int BEFORE = 36 << 20;
    private static final long PATIENCE_SECONDS = 120;

    private final String grid;
    private final FileSystem files;
    private final byte[] bytes = new byte[BYTES];
    private final CountDownLatch given = new CountDownLatch(2);
    private final CountDownLatch happened = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private final InputStream standardInput = System.in;
    private final Future<String> put;
    private final Future<?> upload;

    /** @param files by which the part is put, and nothing else */
    LongStreams(String grid, long seed, Configuration configuration, FileSystem files) {
        this.grid = grid;
        this.files = files;
        new Random(seed).nextBytes(bytes);
        System.setIn(new Interrupted());
        this.put = threads.submit(() -> new Shell(configuration).run("-put - " + grid + "put"));
        this.upload = threads.submit(() -> {
            uploadAPart();
            return null;
        });
    }

    private void uploadAPart() throws Exception {
        Path path = new Path("/uploaded");
        try (MultipartUploader uploader = files.createMultipartUploader(path).build()) {
            UploadHandle handle = uploader.startUpload(path).get();
            uploader.complete(
                            handle,
                            path,
                            Map.of(
                                    1,
                                    uploader.putPart(handle, 1, true, path, new Interrupted(), BYTES)
                                            .get()))
                    .get();
        }
    }

    /** Whether all wait for it to happen. */
    boolean areWaiting() {
        return given.getCount() == 0;
    }

    /** It has happened; waits until all is stored, and reads it. */
    void finish(FileSystem reading) throws Exception {
        happened.countDown();
        put.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        upload.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        for (String name : new String[] {"put", "uploaded"}) {
            try (FSDataInputStream in = reading.open(new Path(grid + name))) {
                assertThat(in.readAllBytes()).as(name).isEqualTo(bytes);
            }
        }
    }

    @Override
    public void close() {
        happened.countDown();
        threads.shutdownNow();
        System.setIn(standardInput);
    }

    private final class Interrupted extends InputStream {
        private int position;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (position == BEFORE) {
                given.countDown();
                awaitWhatHappens();
            }
            int end = position < BEFORE ? BEFORE : BYTES;
            int count = Math.min(length, end - position);
            System.arraycopy(bytes, position, target, offset, count);
            position += count;
            return count == 0 && length > 0 ? -1 : count;
        }

        private void awaitWhatHappens() throws IOException {
            try {
                if (!happened.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    throw new IOException("nothing has happened");
                }
            } catch (InterruptedException e) {
                throw new IOException("interrupted", e);
            }
        }
    }
}
