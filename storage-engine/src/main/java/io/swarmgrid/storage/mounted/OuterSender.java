package io.swarmgrid.storage.mounted;

import io.grpc.ServerCallHandler;
import io.netty.buffer.ByteBuf;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.bytes.Frame;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.CallContexts;
import io.swarmgrid.client.call.Grant;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.storage.mounted.Pages.Hop;
import io.swarmgrid.storage.outer.OuterStores;
import io.swarmgrid.storage.replica.DataPath;
import io.swarmgrid.storage.replica.RangeSender;
import io.swarmgrid.storage.replica.ServedCall;

/** One ReadOuter call as its answerer, which is the home of what is asked for: it asks the store, and no other node. */
final class OuterSender extends RangeSender<OuterMessages.Read, OuterReader> {
    private final Pages pages;
    private final OuterStores stores;

    private OuterSender(ServedCall call, DataPath path, Pages pages, OuterStores stores) {
        super(call, path, OuterMessages.Read.class);
        this.pages = pages;
        this.stores = stores;
    }

    static ServerCallHandler<Frame, Frame> serving(DataPath path, Pages pages, OuterStores stores) {
        return (call, headers) -> {
            CallContext context = CallContexts.current();
            context.caller().require(Grant.NODE);
            ServedCall served = new ServedCall(call, context);
            served.readyBelow(OUTSTANDING_BYTES);
            served.request(2);
            return new OuterSender(served, path, pages, stores);
        };
    }

    @Override
    protected OuterReader open(OuterMessages.Read read) {
        OuterFile file = read.file();
        stores.allowed(file.uri()); // before what is near is given to anybody
        FileStatus nobody = new FileStatus(
                "/" + file.path(), EntryKind.FILE, -1, file.lengthBytes(), 1, 0, 0, "", 1, "sealed", null);
        int run = (int) Math.min(Integer.MAX_VALUE, read.lengthBytes() / pages.pageBytes());
        return new OuterReader(
                file, nobody, pages, new OuterReader.Setting(path().buffers(), call().context(), Hop.STORE), run);
    }

    @Override
    protected Answer begin(OuterReader source, OuterMessages.Read read) {
        if (read.offset() < 0 || read.lengthBytes() < 0 || read.lengthBytes() > source.lengthBytes() - read.offset()) {
            throw GridException.invalid("cannot read " + read.path() + ": offset=" + read.offset() + ", length="
                    + read.lengthBytes() + " of " + source.lengthBytes());
        }
        return new Answer(
                Frame.Control.of(new OuterMessages.Coming(read.lengthBytes())), read.offset(), read.lengthBytes());
    }

    @Override
    protected ByteBuf read(OuterReader source, long position, int length) {
        return source.read(position, length);
    }

    /** No further than the page ends, nor more than any chunk has. */
    @Override
    protected int next(long position, long left) {
        int pageBytes = pages.pageBytes();
        long page = pageBytes - position % pageBytes;
        return (int) Math.min(Math.min(page, left), path().chunkBytes());
    }
}
