package io.swarmgrid.mount.fuse;

/** The end of a call that the kernel is told by a number. It is an answer, not a fault: it has no stack. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Errno errno;

    public Refusal(Errno errno, String message) {
        super(message, null, false, false);
        this.errno = errno;
    }

    public Errno errno() {
        return errno;
    }
}
