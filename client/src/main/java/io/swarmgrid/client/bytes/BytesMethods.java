package io.swarmgrid.client.bytes;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;

/** The gRPC service of raw bytes, and of actions beside them: its methods and what is said in them. */
public final class BytesMethods {
    public static final String SERVICE = "swarmgrid.Bytes";

    /** What clients put into one frame; nodes use {@code storage.chunk-size} and take any size. */
    public static final int CHUNK_BYTES = 1 << 20;

    /**
     * {@link PutStart}, data without gaps, {@link PutEnd}; answered by {@link PutNotice}s: of each block to a writer that
     * is on the same machine, and of the result once the file is visible. A file that is visible from the beginning may be
     * flushed in between: {@link Frame.Flush}, answered by the same; a writer that has a {@code putId} is told by {@link Frame.Ack}, now and
     * then and where it asks by the same, what the nodes keep of it even if this one is lost.
     */
    public static final MethodDescriptor<Frame, Frame> PUT_FILE = method(MethodType.BIDI_STREAMING, "PutFile");

    /** FileRead; answered by {@link ReadInfo} and the data in order. */
    public static final MethodDescriptor<Frame, Frame> READ_FILE = method(MethodType.SERVER_STREAMING, "ReadFile");

    /**
     * FileRead; answered, for a reader on the node's machine, by {@link LentBlocks}, and then by nothing more: the files can be
     * opened until the reader ends the call.
     */
    public static final MethodDescriptor<Frame, Frame> LEND_BLOCKS = method(MethodType.SERVER_STREAMING, "LendBlocks");

    /** Among nodes: one block down the chain of those that shall hold it. */
    public static final MethodDescriptor<Frame, Frame> WRITE_BLOCK = method(MethodType.BIDI_STREAMING, "WriteBlock");

    /** Among nodes: a range of a sealed block. */
    public static final MethodDescriptor<Frame, Frame> READ_BLOCK = method(MethodType.SERVER_STREAMING, "ReadBlock");

    /** Among nodes of one machine: the file of a sealed block, which can be opened until the caller ends the call. */
    public static final MethodDescriptor<Frame, Frame> LEND_BLOCK = method(MethodType.SERVER_STREAMING, "LendBlock");

    /** Among nodes: a copy is dead. */
    public static final MethodDescriptor<Frame, Frame> DISCARD_BLOCK = method(MethodType.UNARY, "DiscardBlock");

    /** Among nodes: a block that lost its writer ends. */
    public static final MethodDescriptor<Frame, Frame> SETTLE_BLOCK = method(MethodType.UNARY, "SettleBlock");

    /** Among nodes: a range of a file of an outer store, from the node that has it from there for the others. */
    public static final MethodDescriptor<Frame, Frame> READ_OUTER = method(MethodType.SERVER_STREAMING, "ReadOuter");

    /** Among nodes: whether one can read an outer store. */
    public static final MethodDescriptor<Frame, Frame> PROBE_OUTER = method(MethodType.UNARY, "ProbeOuter");

    /** Among nodes: what was read of outer stores through one. */
    public static final MethodDescriptor<Frame, Frame> COUNT_OUTER = method(MethodType.UNARY, "CountOuter");

    /** Any action of the grid: the same names, requests, answers and errors as Flight's DoAction has. */
    public static final MethodDescriptor<ActionRequest, byte[]> CALL = MethodDescriptor.newBuilder(
                    new ActionMarshallers.Request(), new ActionMarshallers.Answer())
            .setType(MethodType.UNARY)
            .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Call"))
            .build();

    /** An empty object; answered by {@link LocalPlace} where the node takes calls of its machine's processes by a socket of theirs. */
    public static final MethodDescriptor<Frame, Frame> FIND_LOCAL = method(MethodType.UNARY, "FindLocal");

    private BytesMethods() {}

    /** Bytes of payloads that this process received and whose owners have not released them yet. */
    public static long heldBytes() {
        return FrameMarshaller.heldBytes();
    }

    private static MethodDescriptor<Frame, Frame> method(MethodType type, String name) {
        FrameMarshaller marshaller = new FrameMarshaller();
        return MethodDescriptor.<Frame, Frame>newBuilder(marshaller, marshaller)
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .build();
    }
}
