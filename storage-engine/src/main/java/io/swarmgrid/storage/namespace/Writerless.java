package io.swarmgrid.storage.namespace;

import java.util.List;

/**
 * A visible file that was taken from its writer, to be closed.
 *
 * @param file the right to write it, which the writer no longer has
 * @param blocks all that were allocated for it; those that readers saw first, in order
 * @param shown how many of them readers saw
 * @param lengthBytes up to where readers saw it: so much at least must stay
 */
public record Writerless(OpenFile file, List<BlockRecord> blocks, int shown, long lengthBytes) {
    public Writerless {
        blocks = List.copyOf(blocks);
    }
}
