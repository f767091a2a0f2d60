package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.storage.namespace.BlockRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Adds up one page of a directory and names the directories in it. */
final class UsageStep extends Step {
    private static final long serialVersionUID = 1L;
    private static final int PAGE = 500;

    private final long directoryId;
    private final @Nullable String startAfter;
    private final String[] live;
    private final int inlineCopies;

    UsageStep(long directoryId, @Nullable String startAfter, String[] live, int inlineCopies) {
        this.directoryId = directoryId;
        this.startAfter = startAfter;
        this.live = live.clone();
        this.inlineCopies = inlineCopies;
    }

    /** Sums of a page. */
    record Page(
            long files,
            long sizeBytes,
            long storedBytes,
            List<Long> directories,
            @Nullable String next) {}

    @Override
    byte[] run(Tables tables) {
        List<NameIndex.Named> names = tables.names(directoryId, startAfter, PAGE);
        List<byte @Nullable []> inodes = tables.inodes(
                names.stream().map(named -> named.dentry().inodeId()).toList());
        Set<String> liveNodes = Set.of(live);
        List<Long> directories = new ArrayList<>();
        long files = 0;
        long sizeBytes = 0;
        long storedBytes = 0;
        for (int i = 0; i < names.size(); i++) {
            long id = names.get(i).dentry().inodeId();
            byte[] bytes = inodes.get(i);
            if (!names.get(i).dentry().isFile()) {
                directories.add(id);
            } else if (bytes != null) {
                Inode.Content content = Inode.decode(bytes).content();
                files++;
                sizeBytes += content.lengthBytes();
                storedBytes += content.inlined()
                        ? content.lengthBytes() * inlineCopies
                        : stored(tables, id, content, liveNodes);
            }
        }
        RecordWriter out = new RecordWriter(64 + Long.BYTES * directories.size());
        out.count(files).count(sizeBytes).count(storedBytes).count(directories.size());
        directories.forEach(out::fixed);
        out.optionalText(
                names.size() < PAGE ? null : names.get(names.size() - 1).name());
        return out.done();
    }

    private static long stored(Tables tables, long fileId, Inode.Content content, Set<String> live) {
        long bytes = 0;
        for (byte[] record : tables.blocks(content.keys(fileId, content.blocks()))) {
            if (record != null) {
                BlockRecord block = BlockCodec.decode(record);
                bytes += block.lengthBytes() * Holders.durable(block.holders(), live);
            }
        }
        return bytes;
    }

    static Page decode(byte[] bytes) {
        RecordReader in = new RecordReader(bytes);
        long files = in.count();
        long sizeBytes = in.count();
        long storedBytes = in.count();
        int size = in.size();
        List<Long> directories = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            directories.add(in.fixed());
        }
        return new Page(files, sizeBytes, storedBytes, directories, in.optionalText());
    }
}
