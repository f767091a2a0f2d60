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
 */
record Outcome(@Nullable FileStatus status, boolean removed) {
    static byte[] of(FileStatus status) {
        return new Outcome(status, false).encode();
    }

    static byte[] removal(boolean removed) {
        return new Outcome(null, removed).encode();
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
        return out.done();
    }

    static Outcome decode(byte[] bytes) {
        RecordReader in = new RecordReader(bytes);
        boolean removed = in.flag();
        return new Outcome(in.flag() ? status(in) : null, removed);
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
        if (!in.hasMore()) {
            return status; // of an operation that is remembered from before there were groups and permissions
        }
        String group = in.optionalText();
        int permission = (int) in.count() - 1;
        return status.with(group, permission < 0 ? null : permission);
    }
}
