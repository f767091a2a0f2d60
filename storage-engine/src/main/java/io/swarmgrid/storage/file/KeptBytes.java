package io.swarmgrid.storage.file;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/*
 * What is told of this is promised: whoever takes the file over finds it. An acknowledgement that comes late, of a pipeline that was given
 * up, must not be told any more: by then it was decided from what had come before whether its block is kept at all. So the last look at a
 * pipeline and its end are one step.
 */
/** Up to where all nodes of the blocks of a run have it. Thread-safe. */
final class KeptBytes {
    @GuardedBy("this")
    private long atLeast;

    @GuardedBy("this")
    private @Nullable Pipeline pipeline;

    /** Where in the file the pipeline's block begins. */
    @GuardedBy("this")
    private long begin;

    /** @param start of the run */
    KeptBytes(long start) {
        this.atLeast = start;
    }

    /** A place in the file. */
    synchronized long upTo() {
        Pipeline open = pipeline;
        if (open != null) {
            atLeast = Math.max(atLeast, begin + open.acked());
        }
        return atLeast;
    }

    /** Goes on through an open pipeline, whose block begins at that place in the file. */
    synchronized void through(Pipeline next, long blockBegin) {
        pipeline = next;
        begin = blockBegin;
    }

    /** A pipeline is of no use any more; up to where in the file all of its nodes have the block. */
    synchronized long ended(Pipeline broken, long blockBegin) {
        pipeline = null;
        long place = blockBegin + broken.acked();
        atLeast = Math.max(atLeast, place);
        return place;
    }

    /** The block of the pipeline has ended, and is recorded. */
    synchronized void sealedUpTo(long place) {
        pipeline = null;
        atLeast = Math.max(atLeast, place);
    }
}
