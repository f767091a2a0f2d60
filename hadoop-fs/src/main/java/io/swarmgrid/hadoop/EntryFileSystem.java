package io.swarmgrid.hadoop;

import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.client.wire.SetStatus;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.CompositeCrcFileChecksum;
import org.apache.hadoop.fs.ContentSummary;
import org.apache.hadoop.fs.FileChecksum;
import org.apache.hadoop.fs.FsServerDefaults;
import org.apache.hadoop.fs.FsStatus;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathFilter;
import org.apache.hadoop.fs.QuotaUsage;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.XAttrSetFlag;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.fs.statistics.StoreStatisticNames;
import org.apache.hadoop.util.DataChecksum;
import org.apache.hadoop.util.functional.RemoteIterators;
import org.jspecify.annotations.Nullable;

/**
 * What Hadoop asks of entries and of the whole: status, lists, places of blocks, attributes, capacity. What makes, reads and moves
 * them is its heir's. Thread-safe.
 */
abstract class EntryFileSystem extends ConnectedFileSystem {
    private static final int BYTES_PER_CHECKSUM = 64 << 10;
    private static final int WRITE_PACKET_BYTES = 1 << 20;

    @Override
    public void setPermission(Path path, FsPermission permission) throws IOException {
        countWrite(StoreStatisticNames.OP_SET_PERMISSION);
        change(path, new SetStatus(text(path), null, null, (int) permission.toShort(), null));
    }

    @Override
    public void setOwner(Path path, @Nullable String owner, @Nullable String group) throws IOException {
        countWrite(StoreStatisticNames.OP_SET_OWNER);
        change(path, new SetStatus(text(path), owner, group, null, null));
    }

    /** The time of the last access is not kept. */
    @Override
    public void setTimes(Path path, long modifiedMs, long accessedMs) throws IOException {
        countWrite(StoreStatisticNames.OP_SET_TIMES);
        change(path, new SetStatus(text(path), null, null, null, modifiedMs < 0 ? null : modifiedMs));
    }

    final void change(Path path, SetStatus change) throws IOException {
        Errors.at(path, () -> grid().setStatus(change));
    }

    @Override
    public org.apache.hadoop.fs.FileStatus getFileStatus(Path path) throws IOException {
        countRead(StoreStatisticNames.OP_GET_FILE_STATUS);
        return shown(status(path));
    }

    final FileStatus status(Path path) throws IOException {
        String text = text(path);
        return Errors.looking(path, () -> grid().stat(text));
    }

    final SwarmFileStatus shown(FileStatus entry) {
        // In one go: makeQualified would parse each name of a list twice.
        URI root = getUri();
        Path path = new Path(root.getScheme(), root.getAuthority(), entry.path());
        return new SwarmFileStatus(entry, path, opened().settings().blockSizeBytes(), opened().owners());
    }

    /** Counted as HDFS does: where it takes several answers each of them is a large one. */
    @Override
    public org.apache.hadoop.fs.FileStatus[] listStatus(Path path) throws IOException {
        count(StoreStatisticNames.OP_LIST_STATUS);
        AtomicInteger answers = new AtomicInteger();
        List<org.apache.hadoop.fs.FileStatus> all = new ArrayList<>();
        RemoteIterator<org.apache.hadoop.fs.FileStatus> entries = entries(path, answers::incrementAndGet);
        while (entries.hasNext()) {
            all.add(entries.next());
        }
        if (answers.get() > 1 && statistics != null) {
            statistics.incrementLargeReadOps(answers.get());
        } else {
            tellRead();
        }
        return all.toArray(new org.apache.hadoop.fs.FileStatus[0]);
    }

    /** Page by page, as they are asked for. */
    @Override
    public RemoteIterator<org.apache.hadoop.fs.FileStatus> listStatusIterator(Path path) throws IOException {
        count(StoreStatisticNames.OP_LIST_STATUS);
        return entries(path, this::tellRead);
    }

    /** @param eachAnswer called for each that was needed */
    private RemoteIterator<org.apache.hadoop.fs.FileStatus> entries(Path path, Runnable eachAnswer) throws IOException {
        FileStatus top = status(path);
        if (Grid.isDirectory(top)) {
            return new DirectoryPages(grid(), absolute(path), this::shown, eachAnswer);
        }
        eachAnswer.run();
        return RemoteIterators.remoteIteratorFromSingleton(shown(top));
    }

    @Override
    protected RemoteIterator<LocatedFileStatus> listLocatedStatus(Path path, PathFilter filter) throws IOException {
        count(StoreStatisticNames.OP_LIST_LOCATED_STATUS);
        RemoteIterator<org.apache.hadoop.fs.FileStatus> wanted = RemoteIterators.filteringRemoteIterator(
                entries(path, this::tellRead), entry -> filter.accept(entry.getPath()));
        return RemoteIterators.mappingRemoteIterator(wanted, this::located);
    }

    private LocatedFileStatus located(org.apache.hadoop.fs.FileStatus status) throws IOException {
        BlockLocation[] blocks = blocks(status, 0, status.getLen());
        return new SwarmLocatedFileStatus((SwarmFileStatus) status, blocks);
    }

    @Override
    public BlockLocation[] getFileBlockLocations(
            org.apache.hadoop.fs.@Nullable FileStatus file, long start, long length) throws IOException {
        countRead(CallCounts.GET_BLOCK_LOCATIONS);
        return blocks(file, start, length);
    }

    private BlockLocation[] blocks(org.apache.hadoop.fs.@Nullable FileStatus file, long start, long length)
            throws IOException {
        if (file == null || file.isDirectory() || file.getLen() <= start) {
            return super.getFileBlockLocations(file, start, length);
        }
        if (start < 0 || length < 0) {
            throw new IllegalArgumentException("bad range: start=" + start + ", length=" + length);
        }
        String text = text(file.getPath());
        BlockLocation[] blocks = BlockPlaces.of(Errors.at(file.getPath(), () -> grid().locate(text)), start, length);
        return blocks.length == 0 ? new BlockLocation[] {BlockPlaces.everywhere(file)} : blocks;
    }

    /**
     * Of its bytes, however they are cut into blocks: what HDFS has in the mode {@code COMPOSITE_CRC}, so that files of either can be
     * compared. None where the configuration says so.
     */
    @Override
    @SuppressWarnings("NullAway") // as the specification has it
    public FileChecksum getFileChecksum(Path path, long length) throws IOException {
        countRead(StoreStatisticNames.OP_GET_FILE_CHECKSUM);
        if (length < 0) {
            throw new IllegalArgumentException("bad length: " + length + " of " + path);
        }
        if (!opened().settings().checksums()) {
            return null;
        }
        String crc = Errors.at(path, () -> grid().checksum(text(path), length)).crc32c();
        return new CompositeCrcFileChecksum(
                Integer.parseUnsignedInt(crc, 16), DataChecksum.Type.CRC32C, BYTES_PER_CHECKSUM);
    }

    @Override
    public ContentSummary getContentSummary(Path path) throws IOException {
        countRead(StoreStatisticNames.OP_GET_CONTENT_SUMMARY);
        return summary(path);
    }

    private ContentSummary summary(Path path) throws IOException {
        String text = text(path);
        return CountedSummary.of(text, Errors.looking(path, () -> grid().usage(text)));
    }

    /** Where it has a quota, what is counted for that: what is below it is not walked through. */
    @Override
    public QuotaUsage getQuotaUsage(Path path) throws IOException {
        countRead(StoreStatisticNames.OP_GET_CONTENT_SUMMARY);
        String text = text(path);
        QuotaUsage counted = CountedSummary.counted(text, Errors.looking(path, () -> grid().quota(text)));
        return counted == null ? CountedSummary.uncounted(summary(path)) : counted;
    }

    @Override
    public FsStatus getStatus(Path path) throws IOException {
        countRead(StoreStatisticNames.OP_GET_STATUS);
        GridStatus status = Errors.at(path == null ? new Path("/") : path, () -> grid().status());
        long capacity =
                status.nodes().stream().mapToLong(NodeStatus::capacityBytes).sum();
        long used = status.nodes().stream().mapToLong(NodeStatus::usedBytes).sum();
        return new FsStatus(capacity, used, Math.max(0, capacity - used));
    }

    @Override
    public FsServerDefaults getServerDefaults(Path path) {
        return new FsServerDefaults(
                opened().settings().blockSizeBytes(),
                BYTES_PER_CHECKSUM,
                WRITE_PACKET_BYTES,
                opened().settings().replicas(),
                WRITE_PACKET_BYTES,
                false,
                0,
                DataChecksum.Type.CRC32C,
                "");
    }

    @Override
    public long getDefaultBlockSize(Path path) {
        return opened().settings().blockSizeBytes();
    }

    @Override
    public short getDefaultReplication(Path path) {
        return opened().settings().replicas();
    }

    @Override
    public void setXAttr(Path path, String name, byte[] value, EnumSet<XAttrSetFlag> flags) throws IOException {
        countWrite(CallCounts.SET_XATTR);
        opened().attributes().set(absolute(path), name, value, flags);
    }

    @Override
    public byte[] getXAttr(Path path, String name) throws IOException {
        countRead(StoreStatisticNames.OP_XATTR_GET_NAMED);
        return opened().attributes().one(absolute(path), name);
    }

    @Override
    public Map<String, byte[]> getXAttrs(Path path) throws IOException {
        countRead(StoreStatisticNames.OP_XATTR_GET_MAP);
        return opened().attributes().of(absolute(path));
    }

    @Override
    public Map<String, byte[]> getXAttrs(Path path, List<String> names) throws IOException {
        countRead(StoreStatisticNames.OP_XATTR_GET_NAMED_MAP);
        Map<String, byte[]> found = opened().attributes().of(absolute(path));
        found.keySet().retainAll(names);
        return found;
    }

    @Override
    public List<String> listXAttrs(Path path) throws IOException {
        countRead(StoreStatisticNames.OP_XATTR_LIST);
        return List.copyOf(opened().attributes().of(absolute(path)).keySet());
    }

    @Override
    public void removeXAttr(Path path, String name) throws IOException {
        countWrite(CallCounts.REMOVE_XATTR);
        opened().attributes().remove(absolute(path), name);
    }
}
