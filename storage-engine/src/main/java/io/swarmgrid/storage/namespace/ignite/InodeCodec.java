package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.storage.block.BlockId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The record of an inode. What came later stands at its end, and only where it says something. */
final class InodeCodec {
    /* What the record says of its writer. */
    private static final int CLOSED = 0;
    private static final int PUT = 1;
    private static final int OPEN = 2;

    private InodeCodec() {}

    static byte[] encode(Inode inode) {
        Inode.Link link = inode.link();
        Inode.Revision revision = inode.revision();
        Inode.Rights rights = inode.rights();
        Inode.Storing storing = inode.storing();
        Inode.Content content = inode.content();
        Inode.Appended appended = inode.appended();
        RecordWriter out = new RecordWriter(
                96 + link.name().length() + Long.BYTES * content.blocks().size());
        out.octet(Codes.of(inode.kind())).fixed(link.parentId()).text(link.name());
        out.count(revision.version()).count(revision.createdMs()).count(revision.modifiedMs());
        out.text(rights.owner()).text(rights.group()).count(rights.permission());
        out.count(storing.replicas()).octet(Codes.of(storing.durability())).octet(Codes.of(storing.spread()));
        out.texts(inode.attributes());
        out.octet(content.lease() == null ? CLOSED : content.isVisible() ? OPEN : PUT);
        if (content.lease() != null) {
            content.lease().encode(out);
            if (content.isVisible()) {
                out.count(content.shown());
            }
        }
        out.count(content.lengthBytes())
                .flag(content.inlined())
                .count(content.blocks().size());
        for (BlockId block : content.blocks()) {
            out.fixed(block.value());
        }
        boolean restored = revision.restoredMs() > 0;
        boolean charged = !inode.charge().isNone() || restored;
        boolean joined = !inode.joined().isEmpty() || charged;
        boolean written = !content.writer().isNone() || joined;
        boolean moved = appended != null || written;
        boolean adopts = !content.adopted().isEmpty() || moved;
        if (revision.changes() > 0 || adopts) {
            out.count(revision.changes());
        }
        if (adopts) {
            encodeAdopted(content, out);
        }
        if (moved) {
            out.fixed(appended == null ? 0 : appended.from()).count(appended == null ? 0 : appended.stamp());
        }
        if (written) {
            out.fixed(content.writer().id()).flag(content.writer().ended());
        }
        if (joined) {
            out.count(inode.joined().size());
            inode.joined().forEach(each -> out.fixed(each.id()).count(each.stamp()));
        }
        if (charged) {
            inode.charge().encode(out);
        }
        if (restored) {
            out.count(revision.restoredMs());
        }
        return out.done();
    }

    static Inode decode(byte[] bytes) {
        RecordReader in = new RecordReader(bytes);
        EntryKind kind = Codes.kind(in.octet());
        Inode.Link link = new Inode.Link(in.fixed(), in.text());
        long version = in.count();
        long createdMs = in.count();
        long modifiedMs = in.count();
        Inode.Rights rights = new Inode.Rights(in.text(), in.text(), (int) in.count());
        Inode.Storing storing =
                new Inode.Storing((int) in.count(), Codes.durability(in.octet()), Codes.spread(in.octet()));
        Map<String, String> attributes = in.texts();
        int kept = in.octet();
        Lease lease = kept == CLOSED ? null : Lease.decode(in);
        int open = kept == OPEN ? in.size() : Inode.Content.HIDDEN;
        long lengthBytes = in.count();
        boolean inlined = in.flag();
        int count = in.size();
        List<BlockId> blocks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            blocks.add(new BlockId(in.fixed()));
        }
        long changes = in.hasMore() ? in.count() : 0;
        Map<BlockId, Inode.Adopted> adopted = in.hasMore() ? decodeAdopted(in, blocks) : Map.of();
        Inode.Appended appended = in.hasMore() ? Inode.Appended.decode(in.fixed(), in.count()) : null;
        Writer writer = in.hasMore() ? new Writer(in.fixed(), in.flag()) : Writer.NONE;
        List<Inode.Joined> joined = in.hasMore() ? decodeJoined(in) : List.of();
        Charge charge = in.hasMore() ? Charge.decode(in) : Charge.NONE;
        long restoredMs = in.hasMore() ? in.count() : 0;
        Inode.Revision revision = new Inode.Revision(version, createdMs, modifiedMs, changes, restoredMs);
        int shown = lease == null ? count : open;
        Inode.Content content = new Inode.Content(lease, lengthBytes, inlined, blocks, shown, adopted, writer);
        return new Inode(kind, link, revision, rights, storing, attributes, content, appended, joined, charge);
    }

    private static List<Inode.Joined> decodeJoined(RecordReader in) {
        int count = in.size();
        List<Inode.Joined> joined = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            joined.add(new Inode.Joined(in.fixed(), in.count()));
        }
        return joined;
    }

    private static void encodeAdopted(Inode.Content content, RecordWriter out) {
        out.count(content.adopted().size());
        for (int i = 0; i < content.blocks().size(); i++) {
            Inode.Adopted from = content.adopted().get(content.blocks().get(i));
            if (from != null) {
                out.count(i).fixed(from.home()).count(from.offset());
            }
        }
    }

    private static Map<BlockId, Inode.Adopted> decodeAdopted(RecordReader in, List<BlockId> blocks) {
        int count = in.size();
        Map<BlockId, Inode.Adopted> adopted = new HashMap<>();
        for (int i = 0; i < count; i++) {
            adopted.put(blocks.get((int) in.count()), new Inode.Adopted(in.fixed(), in.count()));
        }
        return adopted;
    }
}
