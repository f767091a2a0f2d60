package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.config.Durability;
import io.swarmgrid.storage.block.BlockId;
import io.swarmgrid.storage.namespace.BlockRecord;
import io.swarmgrid.storage.namespace.BlockSpread;
import io.swarmgrid.storage.namespace.Mounts;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file or directory itself, whatever its name is. Its id is its key.
 *
 * @param link where it is linked, or will be
 * @param attributes small named texts
 * @param content what a file holds; {@link Content#NONE} for directories
 * @param appended where it came to its directory with others, in a change that moved them all
 * @param joined what it has just been joined with
 * @param charge what it counts for
 */
record Inode(
        EntryKind kind,
        Link link,
        Revision revision,
        Rights rights,
        Storing storing,
        Map<String, String> attributes,
        Content content,
        @Nullable Appended appended,
        List<Joined> joined,
        Charge charge) {
    Inode {
        joined = List.copyOf(joined);
    }

    Inode(
            EntryKind kind,
            Link link,
            Revision revision,
            Rights rights,
            Storing storing,
            Map<String, String> attributes,
            Content content) {
        this(kind, link, revision, rights, storing, attributes, content, Charge.NONE);
    }

    Inode(
            EntryKind kind,
            Link link,
            Revision revision,
            Rights rights,
            Storing storing,
            Map<String, String> attributes,
            Content content,
            Charge charge) {
        this(kind, link, revision, rights, storing, attributes, content, null, List.of(), charge);
    }

    /**
     * That it counts as moved only once its directory was stored so often: see {@link Torn}.
     *
     * @param from the directory that it was in before
     */
    record Appended(long from, long stamp) {
        /** Null where there is no stamp: a directory that somebody has come to has one. */
        static @Nullable Appended decode(long from, long stamp) {
            return stamp == 0 ? null : new Appended(from, stamp);
        }
    }

    /**
     * A file whose content this one has since it was joined with it: see {@link Torn}.
     *
     * @param stamp how often that was stored before
     */
    record Joined(long id, long stamp) {}

    /** The way back to the name. */
    record Link(long parentId, String name) {}

    /**
     * How often its content changed, and when.
     *
     * @param changes how often the record was stored, whatever changed: of two forms of an inode the one with more is the later
     * @param restoredMs when it came back from the trash; 0 where it never did
     */
    record Revision(long version, long createdMs, long modifiedMs, long changes, long restoredMs) {
        Revision(long version, long createdMs, long modifiedMs, long changes) {
            this(version, createdMs, modifiedMs, changes, 0);
        }

        static Revision first(long nowMs) {
            return new Revision(1, nowMs, nowMs, 0);
        }

        Revision next(long toVersion, long nowMs) {
            return new Revision(toVersion, createdMs, nowMs, changes, restoredMs);
        }

        Revision changed() {
            return new Revision(version, createdMs, modifiedMs, changes + 1, restoredMs);
        }

        Revision restored(long nowMs) {
            return new Revision(version, createdMs, modifiedMs, changes, nowMs);
        }
    }

    /**
     * Whose it is. Group and permission are kept for the access control that is to come.
     *
     * @param group empty where none was set
     * @param permission 0 where none was set, otherwise the bits and {@link #SET}
     */
    record Rights(String owner, String group, int permission) {
        private static final int SET = 010000;

        static Rights of(String owner) {
            return new Rights(owner, "", 0);
        }

        /** With what is not null instead of what is. */
        Rights changed(@Nullable String toOwner, @Nullable String toGroup, @Nullable Integer toPermission) {
            return new Rights(
                    toOwner == null ? owner : toOwner,
                    toGroup == null ? group : toGroup,
                    toPermission == null ? permission : toPermission | SET);
        }

        /** Of what replaces the file that has these: another owner, perhaps. */
        Rights handedTo(String toOwner) {
            return new Rights(toOwner, group, permission);
        }

        private @Nullable String shownGroup() {
            return group.isEmpty() ? null : group;
        }

        private @Nullable Integer shownPermission() {
            return permission == 0 ? null : permission & ~SET;
        }
    }

    /** How its blocks are kept. */
    record Storing(int replicas, Durability durability, BlockSpread spread) {
        static final Storing NONE = new Storing(0, Durability.PROCESS, BlockSpread.SPREAD);
    }

    /**
     * What a file holds.
     *
     * @param lease of its writer while it is open; null once it is sealed
     * @param lengthBytes as readers see it
     * @param inlined whether its bytes lie in the metadata
     * @param blocks those that readers see first, in order
     * @param shown how many of them readers see; {@link #HIDDEN} for what nobody sees before it is committed
     * @param adopted of the blocks those that were written for other files, which this one was joined with
     * @param writer who may go on with the file, or wrote it last
     */
    record Content(
            @Nullable Lease lease,
            long lengthBytes,
            boolean inlined,
            List<BlockId> blocks,
            int shown,
            Map<BlockId, Adopted> adopted,
            Writer writer) {
        static final int HIDDEN = -1;
        static final Content NONE = new Content(null, 0, false, List.of(), 0);

        Content {
            adopted = Map.copyOf(adopted);
        }

        Content(@Nullable Lease lease, long lengthBytes, boolean inlined, List<BlockId> blocks, int shown) {
            this(lease, lengthBytes, inlined, blocks, shown, Map.of(), Writer.NONE);
        }

        static Content inline(long lengthBytes) {
            return new Content(null, lengthBytes, true, List.of(), 0);
        }

        /** Of a put. */
        static Content hidden(Lease lease, List<BlockId> blocks) {
            return new Content(lease, 0, false, blocks, HIDDEN);
        }

        /** Of a file that is visible from its beginning. */
        static Content open(Lease lease) {
            return new Content(lease, 0, false, List.of(), 0);
        }

        static Content sealed(long lengthBytes, List<BlockId> blocks) {
            return new Content(null, lengthBytes, false, blocks, blocks.size());
        }

        boolean isVisible() {
            return shown != HIDDEN;
        }

        /** The blocks that readers see. */
        List<BlockId> readable() {
            return blocks.subList(0, Math.max(0, shown));
        }

        Content leased(Lease next) {
            return new Content(next, lengthBytes, inlined, blocks, shown, adopted, writer);
        }

        Content by(Writer next) {
            return new Content(lease, lengthBytes, inlined, blocks, shown, adopted, next);
        }

        Content with(List<BlockId> more) {
            return new Content(lease, lengthBytes, inlined, more, shown, adopted, writer);
        }

        Content showing(List<BlockId> all, int count, long length) {
            return new Content(lease, length, inlined && count == 0, all, count, adopted, writer);
        }

        /** Closed, with these of its blocks or new ones of its own. */
        Content closed(long length, List<BlockId> kept) {
            return sealed(length, kept).adopting(adopted).by(writer);
        }

        /** All of it, which is another file's now, as {@link Lease#givenTo} says. */
        Content given(Lease to) {
            return new Content(to, lengthBytes, inlined, blocks, HIDDEN, adopted, Writer.NONE);
        }

        /** As it was before it was given away. */
        Content kept() {
            return new Content(null, lengthBytes, inlined, blocks, blocks.size(), adopted, Writer.NONE);
        }

        /** What is left of it while it is taken back. */
        Content rest(Lease taker, List<BlockId> left) {
            return hidden(taker, left).adopting(adopted);
        }

        /** With what of these is among its blocks. */
        Content adopting(Map<BlockId, Adopted> from) {
            if (from.isEmpty()) {
                return this;
            }
            Map<BlockId, Adopted> some = new HashMap<>(from);
            some.keySet().retainAll(Set.copyOf(blocks));
            return new Content(lease, lengthBytes, inlined, blocks, shown, some, writer);
        }

        /** Where the record of one of its blocks is. */
        BlockKey key(long fileId, BlockId block) {
            Adopted from = adopted.get(block);
            return new BlockKey(from == null ? fileId : from.home(), block.value());
        }

        List<BlockKey> keys(long fileId, Collection<BlockId> some) {
            return some.stream().map(block -> key(fileId, block)).toList();
        }

        /** The record of one of its blocks as it is for this file. */
        BlockRecord placed(BlockRecord stored) {
            Adopted from = adopted.get(stored.id());
            return from == null ? stored : stored.at(from.offset());
        }
    }

    /**
     * A block that another file had before. Its record stays where it was written for, as does what its sidecars say, so that
     * whoever looks after blocks need not know of it.
     *
     * @param home the inode that it was written for
     * @param offset place of its first byte in the file that has it now
     */
    record Adopted(long home, long offset) {}

    static Inode directory(Link link, String owner, long nowMs) {
        return new Inode(
                EntryKind.DIRECTORY,
                link,
                Revision.first(nowMs),
                Rights.of(owner),
                Storing.NONE,
                Map.of(),
                Content.NONE);
    }

    boolean isFile() {
        return kind == EntryKind.FILE;
    }

    /** Whether it is a directory where an outer store is mounted. */
    boolean isMount() {
        return attributes.containsKey(Mounts.ATTRIBUTE);
    }

    Inode linked(long parentId, String name) {
        return new Inode(kind, new Link(parentId, name), revision, rights, storing, attributes, content, charge);
    }

    /** Moved to where it is to be seen once that directory was stored so often. */
    Inode appended(long parentId, String name, long stamp) {
        Appended with = new Appended(link.parentId, stamp);
        return new Inode(
                kind,
                new Link(parentId, name),
                revision,
                rights,
                storing,
                attributes,
                content,
                with,
                List.of(),
                charge);
    }

    /** Once it has the content of these. */
    Inode joined(List<Joined> sources) {
        return new Inode(kind, link, revision, rights, storing, attributes, content, null, sources, charge);
    }

    Inode revised(long version, long nowMs) {
        return new Inode(kind, link, revision.next(version, nowMs), rights, storing, attributes, content, charge);
    }

    /** As it is to be stored. */
    Inode changed() {
        return new Inode(
                kind, link, revision.changed(), rights, storing, attributes, content, appended, joined, charge);
    }

    Inode holding(Content next) {
        return new Inode(kind, link, revision, rights, storing, attributes, next, charge);
    }

    Inode stored(Storing next) {
        return new Inode(kind, link, revision, rights, next, attributes, content, charge);
    }

    Inode with(EntryKind nextKind, Map<String, String> nextAttributes) {
        return new Inode(nextKind, link, revision, rights, storing, nextAttributes, content, charge);
    }

    Inode with(Revision next) {
        return new Inode(kind, link, next, rights, storing, attributes, content, charge);
    }

    Inode with(Rights next) {
        return new Inode(kind, link, revision, next, storing, attributes, content, charge);
    }

    /** Counting for what this says, from when it is stored; nothing else of it changes. */
    Inode charged(Charge next) {
        return new Inode(kind, link, revision, rights, storing, attributes, content, appended, joined, next);
    }

    /** Counting for these quotas. */
    Inode chargedTo(List<Long> quotas) {
        return quotas.equals(charge.quotas()) ? this : charged(charge.to(quotas));
    }

    /** Whether it is to be seen and linked there: while a transaction is being applied, a name may lead to what is not yet. */
    boolean isAt(long parentId, String name) {
        return content.isVisible() && link.parentId == parentId && link.name.equals(name);
    }

    FileStatus status(String path, long id) {
        return new FileStatus(
                path,
                kind,
                id,
                content.lengthBytes,
                revision.version,
                revision.createdMs,
                revision.modifiedMs,
                rights.owner,
                storing.replicas,
                isFile() ? (content.lease == null ? "sealed" : "open") : null,
                attributes,
                rights.shownGroup(),
                rights.shownPermission());
    }

    byte[] encode() {
        return InodeCodec.encode(this);
    }

    static Inode decode(byte[] bytes) {
        return InodeCodec.decode(bytes);
    }
}
