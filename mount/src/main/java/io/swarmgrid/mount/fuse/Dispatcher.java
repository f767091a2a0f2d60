package io.swarmgrid.mount.fuse;

import java.nio.ByteBuffer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Takes a request apart, has it done, and puts the answer together. Confined to one thread. */
final class Dispatcher {
    private static final int FILE_KIND = Attributes.FILE;

    private final Operations operations;
    private final Reply reply;
    private final Function<Throwable, Errno> errors;

    Dispatcher(Operations operations, Reply reply, Function<Throwable, Errno> errors) {
        this.operations = operations;
        this.reply = reply;
        this.errors = errors;
    }

    /** The answer to be sent; null where none is expected. */
    @Nullable
    ByteBuffer answer(Request request) {
        reply.begin();
        try {
            return serve(request) ? reply.done(request.unique()) : null;
        } catch (Refusal e) {
            return refused(request, e.errno());
        } catch (RuntimeException | Error e) {
            // Whatever it is: who has asked waits until there is an answer, and cannot even be killed before.
            return refused(request, errnoOf(e));
        }
    }

    private Errno errnoOf(Throwable thrown) {
        try {
            return errors.apply(thrown);
        } catch (RuntimeException | Error e) {
            return Errno.EIO; // as where the memory for a line of the log is not there, either
        }
    }

    private @Nullable ByteBuffer refused(Request request, Errno errno) {
        boolean awaited = request.opcode() != Protocol.FORGET && request.opcode() != Protocol.BATCH_FORGET;
        return awaited ? reply.refused(request.unique(), errno) : null;
    }

    /** @return whether an answer is expected */
    private boolean serve(Request request) {
        switch (request.opcode()) {
            case Protocol.INIT -> initialize(request);
            case Protocol.FORGET -> {
                operations.forget(request.node(), request.u64());
                return false;
            }
            case Protocol.BATCH_FORGET -> {
                forgetMany(request);
                return false;
            }
            case Protocol.GETATTR -> reply.attributesOnly(operations.attributes(request.node()));
            case Protocol.SETATTR ->
                reply.attributesOnly(operations.change(request.node(), Change.of(request, System.currentTimeMillis())));
            case Protocol.STATFS -> space(operations.space());
            case Protocol.DESTROY -> {}
            case Protocol.OPEN, Protocol.READ, Protocol.WRITE, Protocol.FLUSH, Protocol.FSYNC, Protocol.RELEASE ->
                file(request);
            case Protocol.OPENDIR, Protocol.READDIR, Protocol.READDIRPLUS, Protocol.RELEASEDIR, Protocol.FSYNCDIR ->
                directory(request);
            default -> name(request);
        }
        return true;
    }

    private void initialize(Request request) {
        int major = request.u32();
        int minor = request.u32();
        int readAhead = request.u32();
        int offered = request.u32();
        if (major != Protocol.MAJOR || minor < Protocol.LEAST_MINOR) {
            throw new IllegalStateException("the kernel speaks FUSE " + major + "." + minor + ", needed is "
                    + Protocol.MAJOR + "." + Protocol.LEAST_MINOR + " or later (Linux 4.20)");
        }
        int wanted = Protocol.ASYNC_READ
                | Protocol.BIG_WRITES
                | Protocol.AUTO_INVAL_DATA
                | Protocol.DO_READDIRPLUS
                | Protocol.READDIRPLUS_AUTO
                | Protocol.PARALLEL_DIROPS
                | Protocol.MAX_PAGES;
        reply.u32(Protocol.MAJOR).u32(Math.min(minor, Protocol.MINOR));
        reply.u32(Math.max(readAhead, Protocol.MAX_WRITE_BYTES)).u32(wanted & offered);
        reply.u16(0).u16(0); // the kernel's own bounds of what it asks for in the background
        reply.u32(Protocol.MAX_WRITE_BYTES).u32(1);
        reply.u16(Protocol.MAX_WRITE_BYTES / Protocol.PAGE_BYTES).u16(0).zeros(32);
    }

    private void forgetMany(Request request) {
        int count = request.u32();
        request.skip(4);
        for (int i = 0; i < count; i++) {
            long node = request.u64();
            operations.forget(node, request.u64());
        }
    }

    private void space(Space space) {
        long blocks = space.capacityBytes() / Protocol.PAGE_BYTES;
        long free = space.freeBytes() / Protocol.PAGE_BYTES;
        // As many files as there is metadata for, which nobody counts: 0 says so.
        reply.u64(blocks).u64(free).u64(free).u64(0).u64(0);
        reply.u32(Protocol.PAGE_BYTES).u32(255).u32(Protocol.PAGE_BYTES).zeros(28);
    }

    private void file(Request request) {
        if (request.opcode() == Protocol.OPEN) {
            boolean write = (request.u32() & Protocol.O_ACCMODE) != 0;
            reply.opened(operations.open(request.node(), write));
            return;
        }
        long handle = request.u64();
        switch (request.opcode()) {
            case Protocol.READ -> {
                long offset = request.u64();
                ByteBuffer target = reply.room(request.u32());
                operations.read(handle, offset, target);
                reply.filled(target.position());
            }
            case Protocol.WRITE -> {
                long offset = request.u64();
                int size = request.u32();
                request.skip(4 + 8 + 4 + 4);
                operations.write(handle, offset, request.data(size));
                reply.u32(size).u32(0);
            }
            case Protocol.FLUSH -> operations.flush(handle);
            case Protocol.FSYNC -> operations.sync(handle);
            default -> operations.release(handle);
        }
    }

    private void directory(Request request) {
        if (request.opcode() == Protocol.OPENDIR) {
            reply.opened(new Opened(operations.openDirectory(request.node()), false, false));
            return;
        }
        long handle = request.u64();
        if (request.opcode() == Protocol.RELEASEDIR) {
            operations.releaseDirectory(handle);
            return;
        }
        if (request.opcode() == Protocol.FSYNCDIR) {
            operations.syncDirectory(handle);
            return;
        }
        boolean plus = request.opcode() == Protocol.READDIRPLUS;
        long offset = request.u64();
        int limit = Math.min(request.u32(), Protocol.MAX_WRITE_BYTES);
        operations.readDirectory(
                handle,
                offset,
                (name, attributes, next, looked) ->
                        reply.directoryEntry(name, attributes, next, plus ? looked : null, limit));
    }

    private void name(Request request) {
        long parent = request.node();
        switch (request.opcode()) {
            case Protocol.LOOKUP -> reply.entry(operations.lookup(parent, request.name()));
            case Protocol.MKDIR -> {
                int permission = request.u32() & Attributes.PERMISSION;
                request.skip(4);
                reply.entry(operations.makeDirectory(parent, request.name(), permission, request.caller()));
            }
            case Protocol.MKNOD -> makeFile(request);
            case Protocol.CREATE -> {
                int flags = request.u32();
                int permission = request.u32() & Attributes.PERMISSION;
                request.skip(8);
                Created created =
                        operations.create(parent, request.name(), permission, Making.of(flags), request.caller());
                reply.entry(created.entry()).opened(created.opened());
            }
            case Protocol.UNLINK -> operations.removeFile(parent, request.name());
            case Protocol.RMDIR -> operations.removeDirectory(parent, request.name());
            case Protocol.RENAME -> {
                long target = request.u64();
                operations.rename(parent, request.name(), target, request.name(), true);
            }
            case Protocol.RENAME2 -> {
                long target = request.u64();
                int flags = request.u32();
                request.skip(4);
                if ((flags & ~Protocol.RENAME_NOREPLACE) != 0) {
                    throw new Refusal(Errno.EINVAL, "rename with flags " + flags);
                }
                operations.rename(parent, request.name(), target, request.name(), flags == 0);
            }
            case Protocol.LINK, Protocol.SYMLINK -> throw new Refusal(Errno.EPERM, "the grid has no links");
            default -> throw new Refusal(Errno.ENOSYS, "operation " + request.opcode());
        }
    }

    private void makeFile(Request request) {
        int mode = request.u32();
        request.skip(12);
        if ((mode & Attributes.KIND) != FILE_KIND) {
            throw new Refusal(Errno.EPERM, "the grid has files and directories alone");
        }
        Created created = operations.create(
                request.node(), request.name(), mode & Attributes.PERMISSION, Making.NEW, request.caller());
        operations.flush(created.opened().handle());
        operations.release(created.opened().handle());
        reply.entry(created.entry());
    }
}
