package io.swarmgrid.it.hadoop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.fs.BBPartHandle;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.MultipartUploader;
import org.apache.hadoop.fs.PartHandle;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathHandle;
import org.apache.hadoop.fs.UploadHandle;

/** Uploads of files in parts, beyond what Hadoop's contract asks. */
final class Uploads {
    private final FileSystem files;

    Uploads(FileSystem files) {
        this.files = files;
    }

    /**
     * Parts from two clients become one file, in one step.
     *
     * @param elsewhere another client's
     */
    void becomeOneFile(FileSystem elsewhere) throws Exception {
        Path path = new Path("/uploads/f");
        byte[] large = new byte[9_000_000];
        new Random(5).nextBytes(large);
        try (FSDataOutputStream out = files.create(path)) {
            out.writeBytes("what was there before");
        }
        try (MultipartUploader here = files.createMultipartUploader(path).build();
                MultipartUploader there =
                        elsewhere.createMultipartUploader(path).build()) {
            UploadHandle upload = here.startUpload(path).get();
            PartHandle end = part(there, upload, 3, path, "the end".getBytes(StandardCharsets.UTF_8));
            PartHandle replaced = part(here, upload, 1, path, "not this one".getBytes(StandardCharsets.UTF_8));
            PartHandle begin = part(here, upload, 1, path, large);
            ByteArrayInputStream tooShort = new ByteArrayInputStream(new byte[10]);
            assertThatThrownBy(() ->
                            here.putPart(upload, 2, false, path, tooShort, 11).get())
                    .hasCauseInstanceOf(EOFException.class)
                    .hasMessageContaining("length=11, read=10");
            ByteArrayInputStream tooShortToo = new ByteArrayInputStream(large);
            assertThatThrownBy(() -> here.putPart(upload, 2, false, path, tooShortToo, large.length + 1)
                            .get())
                    .hasCauseInstanceOf(EOFException.class);
            assertThat(files.getContentSummary(path.getParent()).getFileCount())
                    .as("what there was before, and the parts that are whole")
                    .isEqualTo(1 + 3);
            try (FSDataInputStream in = files.open(path)) {
                assertThat(in.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("what was there before");
            }
            Map<Integer, PartHandle> missing =
                    Map.of(1, begin, 2, BBPartHandle.from(ByteBuffer.wrap(new byte[] {'.'})));
            assertThatThrownBy(() -> here.complete(upload, path, missing).get())
                    .hasCauseInstanceOf(FileNotFoundException.class);

            PathHandle whole =
                    there.complete(upload, path, Map.of(3, end, 1, begin)).get();

            try (FSDataInputStream in = files.open(whole)) {
                assertThat(in.readNBytes(large.length)).isEqualTo(large);
                assertThat(in.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("the end");
            }
            assertThat(files.listStatus(path.getParent())).hasSize(1);
            assertThatThrownBy(() -> part(here, upload, 4, path, large))
                    .hasCauseInstanceOf(FileNotFoundException.class);
            assertThatThrownBy(() ->
                            here.complete(upload, path, Map.of(1, replaced)).get())
                    .hasCauseInstanceOf(FileNotFoundException.class);
        }
    }

    /** Those of a file, and all below a directory. */
    void areEndedByPath() throws Exception {
        Path top = new Path("/begun");
        try (MultipartUploader uploader = files.createMultipartUploader(top).build()) {
            for (String name : List.of("a", "a", "b", "deep/c")) {
                Path path = new Path(top, name);
                UploadHandle upload = uploader.startUpload(path).get();
                part(uploader, upload, 1, path, new byte[] {1});
            }
            assertThat(uploader.abortUploadsUnderPath(new Path(top, "a")).get()).isEqualTo(2);
            assertThat(uploader.abortUploadsUnderPath(top).get()).isEqualTo(2);
            assertThat(files.getContentSummary(top).getFileCount()).isZero();
            assertThat(files.getContentSummary(top).getDirectoryCount()).isEqualTo(2);
        }
    }

    private static PartHandle part(MultipartUploader by, UploadHandle upload, int number, Path path, byte[] bytes)
            throws Exception {
        return by.putPart(upload, number, false, path, new ByteArrayInputStream(bytes), bytes.length)
                .get();
    }
}
