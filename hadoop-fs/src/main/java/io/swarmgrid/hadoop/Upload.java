package io.swarmgrid.hadoop;

import java.io.FileNotFoundException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.BBPartHandle;
import org.apache.hadoop.fs.BBUploadHandle;
import org.apache.hadoop.fs.PartHandle;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UploadHandle;

/*
 * An upload is a directory, PARENT/__upload-ID/NAME, for as long as it is under way, and nothing else: so any process can go on with
 * it that has the handle, and it ends in one step, by the removal of __upload-ID. It lies beside the file that it is to become
 * because that directory says how files in it are kept, and who may write there. Hadoop's own listings of data pass over names with
 * an underscore.
 */
/**
 * A file that is uploaded in parts.
 *
 * @param target what it is to become, absolute and not the root
 */
record Upload(Path target, UUID id) {
    private static final String PREFIX = "__upload-";
    private static final Pattern DIRECTORY = Pattern.compile(PREFIX + "[0-9a-f-]{36}");
    private static final Pattern PART = Pattern.compile("[0-9]{5,10}-[0-9a-f-]{36}");

    static Upload begin(Path target) {
        return new Upload(target, UUID.randomUUID());
    }

    /** @throws FileNotFoundException where it is the handle of no upload; whether there still is one is to be asked */
    static Upload of(UploadHandle handle, Path target) throws FileNotFoundException {
        String text = text(handle.toByteArray());
        try {
            return new Upload(target, UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            FileNotFoundException unknown =
                    new FileNotFoundException("no such upload: handle=" + text + ", path=" + target);
            unknown.initCause(e);
            throw unknown;
        }
    }

    /** Whether a directory is an upload's. */
    static boolean isOne(Path directory) {
        return DIRECTORY.matcher(directory.getName()).matches();
    }

    UploadHandle handle() {
        return BBUploadHandle.from(bytes(id.toString()));
    }

    /** All of it. */
    Path directory() {
        return new Path(target.getParent(), PREFIX + id);
    }

    /** Where its parts lie. */
    Path parts() {
        return new Path(directory(), target.getName());
    }

    /** The handle of a part that was not put before, also where the same number was. */
    static PartHandle newPart(int number) {
        return BBPartHandle.from(bytes(String.format("%05d-%s", number, UUID.randomUUID())));
    }

    /** @throws FileNotFoundException where it is the handle of no part */
    Path part(PartHandle handle) throws FileNotFoundException {
        String name = text(handle.toByteArray());
        if (!PART.matcher(name).matches()) {
            throw new FileNotFoundException("no such part: handle=" + name + ", path=" + target);
        }
        return new Path(parts(), name);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
