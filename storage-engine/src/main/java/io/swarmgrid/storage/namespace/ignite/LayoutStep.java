package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.FileLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that is needed to read a file, found by its name in a directory or by its id. */
final class LayoutStep extends Step {
    private static final long serialVersionUID = 1L;
    private static final int MAX_DEPTH = 256;

    private final long parentId;
    private final @Nullable String name;
    private final long fileId;
    private final String path;

    private LayoutStep(long parentId, @Nullable String name, long fileId, String path) {
        this.parentId = parentId;
        this.name = name;
        this.fileId = fileId;
        this.path = path;
    }

    static LayoutStep byName(PathWalk.Place place) {
        return new LayoutStep(place.parentId(), place.name(), 0, place.path().toString());
    }

    static LayoutStep byId(long fileId) {
        return new LayoutStep(0, null, fileId, "");
    }

    @Override
    byte[] run(Tables tables) {
        long id = name == null ? fileId : named(tables, name);
        byte[] raw = tables.raw(id);
        Inode inode = raw == null ? null : Inode.decode(raw);
        if (name != null && (inode == null || !inode.isAt(parentId, name))) {
            throw new StaleException("being changed");
        }
        if (raw == null || inode == null || !inode.content().isVisible()) {
            throw Problems.notFound("file " + id);
        }
        if (!inode.isFile()) {
            throw Problems.isDirectory(path);
        }
        Inode.Content content = inode.content();
        String shown = name == null ? pathOf(tables, inode) : path;
        byte[] inline = content.inlined() ? tables.inline(id) : null;
        if (content.inlined() && (inline == null || inline.length != content.lengthBytes())) {
            throw new StaleException("being changed");
        }
        RecordWriter out = new RecordWriter(256 + (inline == null ? 0 : inline.length));
        out.fixed(id).text(shown).octets(raw).optionalOctets(inline);
        for (byte[] block : tables.blocks(content.keys(id, content.readable()))) {
            if (block == null) {
                throw new StaleException("reclaimed meanwhile");
            }
            out.octets(block);
        }
        return out.done();
    }

    private long named(Tables tables, String wanted) {
        Dentry dentry = tables.dentry(parentId, wanted);
        if (dentry == null) {
            throw Problems.notFound(path);
        }
        return dentry.inodeId();
    }

    static String pathOf(Tables tables, Inode file) {
        Deque<String> names = new ArrayDeque<>();
        Inode.Link link = file.link();
        for (int i = 0; i < MAX_DEPTH; i++) {
            names.addFirst(link.name());
            Inode parent = link.parentId() == Ids.ROOT ? null : tables.inode(link.parentId());
            if (parent == null) {
                break;
            }
            link = parent.link();
        }
        return "/" + String.join("/", names);
    }

    @SuppressWarnings("NullAway") // it does not see that FileLayout takes no inline bytes
    static FileLayout decode(byte[] bytes) {
        RecordReader in = new RecordReader(bytes);
        long id = in.fixed();
        String path = in.text();
        Inode inode = Inode.decode(in.octets());
        byte[] inline = in.optionalOctets();
        if (inline != null && inline.length != inode.content().lengthBytes()) {
            throw new GridException(
                    ErrorCode.CORRUPT_DATA,
                    "file of " + inode.content().lengthBytes() + " bytes has " + inline.length + " in the metadata: "
                            + path,
                    path,
                    null,
                    null);
        }
        List<BlockRecord> blocks = new ArrayList<>();
        for (int i = 0; i < inode.content().readable().size(); i++) {
            blocks.add(inode.content().placed(BlockCodec.decode(in.octets())));
        }
        return new FileLayout(inode.status(path, id), inline, blocks);
    }
}
