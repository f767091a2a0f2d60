package io.swarmgrid.client.bytes;

/**
 * One action asked for without Flight. Any of them may be asked for so, and each has one answer: what is long is paged.
 *
 * @param action its name, such as {@code fs.stat}
 * @param json its request; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // made to be read once; never compared
public record ActionRequest(String action, byte[] json) {
    public ActionRequest {
        if (action.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("bad action: its name holds a line break");
        }
    }
}
