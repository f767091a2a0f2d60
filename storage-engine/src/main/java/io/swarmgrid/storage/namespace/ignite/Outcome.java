package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridException;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a change did: the answer to the caller, and what is remembered under the operation's id.
 *
 * @param status the entry right after the change; null for a removal
 * @param removed whether a removal found something
 * @param id of what was changed or removed; 0 for nothing
 * @param witness how often the inode was stored when the change was done; 0 where that is not known
 * @param undone the row of the trash that the change took away; null for none
 */
record Outcome(
        @Nullable FileStatus status,
        boolean removed,
        long id,
        long witness,
        @Nullable Doomed undone) {
    /** Of a removal that found nothing. */
    static final byte[] NOTHING = new Outcome(null, false, 0, 0, null).encode();

    static byte[] of(FileStatus status) {
        return new Outcome(status, false, status.id(), 0, null).encode();
    }

    static byte[] removal(long id) {
        return new Outcome(null, true, id, 0, null).encode();
    }

    /** Of what was taken out of the trash. */
    static byte[] restored(FileStatus status, Doomed undone) {
        return new Outcome(status, false, status.id(), 0, undone).encode();
    }

    /** As it is remembered, within the transaction of the change. */
    static byte[] witnessed(byte[] outcome, Tables tables) {
        Outcome done = decode(outcome);
        Inode stored = done.removed ? null : tables.inode(done.id);
        return stored == null
                ? outcome
                : new Outcome(done.status, false, done.id, stored.revision().changes(), done.undone).encode();
    }

    /** Whether what is remembered as done is not: see {@link Torn}. */
    boolean isUntrue(Tables tables) {
        if (removed) {
            return id != 0 && tables.inode(id) != null && tables.doomed(id) == null;
        }
        if (undone != null && undone.equals(tables.doomed(id))) {
            return true;
        }
        Inode inode = witness == 0 ? null : tables.inode(id);
        return witness > 0 && (inode == null || inode.revision().changes() < witness);
    }

    /** The entry, where the change was one that leaves one. */
    FileStatus entry() {
        if (status == null) {
            throw GridException.invalid("this operation id was used for a removal before: use another");
        }
        return status;
    }

    private byte[] encode() {
        RecordWriter out = new RecordWriter(128).flag(removed).flag(status != null);
        if (status != null) {
            encode(status, out);
        }
        out.fixed(id).count(witness);
        return (undone == null ? out : out.octets(undone.encode())).done();
    }

    static Outcome decode(byte[] bytes) {
        RecordReader in = new RecordReader(bytes);
        boolean removed = in.flag();
        FileStatus status = in.flag() ? status(in) : null;
        if (!in.hasMore()) {
            return new Outcome(status, removed, 0, 0, null); // remembered from before there were witnesses
        }
        long id = in.fixed();
        long witness = in.count();
        return new Outcome(status, removed, id, witness, in.hasMore() ? Doomed.decode(in.octets()) : null);
    }

    static void encode(FileStatus status, RecordWriter out) {
        out.text(status.path()).octet(Codes.of(status.kind())).fixed(status.id());
        out.count(status.sizeBytes()).count(status.version());
        out.count(status.createdMs()).count(status.modifiedMs());
        out.text(status.owner()).count(status.replicas()).optionalText(status.state());
        out.texts(status.attributes() == null ? Map.of() : status.attributes());
        out.optionalText(status.group()).count(status.permission() == null ? 0 : status.permission() + 1);
    }

    static FileStatus status(RecordReader in) {
        return status(in, false);
    }

    /** @param more whether something else follows */
    static FileStatus status(RecordReader in, boolean more) {
        String path = in.text();
        EntryKind kind = Codes.kind(in.octet());
        FileStatus status = new FileStatus(
                path,
                kind,
                in.fixed(),
                in.count(),
                in.count(),
                in.count(),
                in.count(),
                in.text(),
                (int) in.count(),
                in.optionalText(),
                in.texts());
        if (!more && !in.hasMore()) {
            return status; // of an operation that is remembered from before there were groups and permissions
        }
        String group = in.optionalText();
        int permission = (int) in.count() - 1;
        return status.with(group, permission < 0 ? null : permission);
    }
}
