package io.swarmgrid.mount;

import io.swarmgrid.client.GridException;
import io.swarmgrid.mount.fuse.Errno;
import io.swarmgrid.mount.fuse.Refusal;
import java.io.UncheckedIOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The grid's errors as Linux's. What a number does not tell is in the log. */
final class Errnos {
    private static final Logger LOG = LoggerFactory.getLogger(Errnos.class);

    private Errnos() {}

    static Errno of(Throwable thrown) {
        if (thrown instanceof Refusal refusal) {
            return refusal.errno();
        }
        if (thrown instanceof GridException grid) {
            return of(grid);
        }
        if (thrown instanceof UncheckedIOException local) {
            LOG.error("{}", local.getMessage(), local);
            return Errno.EIO;
        }
        LOG.error("a fault in the mount", thrown);
        return Errno.EIO;
    }

    private static Errno of(GridException e) {
        return switch (e.code()) {
            case NOT_FOUND -> Errno.ENOENT;
            case ALREADY_EXISTS -> Errno.EEXIST;
            case NOT_A_DIRECTORY -> Errno.ENOTDIR;
            case IS_A_DIRECTORY -> Errno.EISDIR;
            case DIRECTORY_NOT_EMPTY -> Errno.ENOTEMPTY;
            case INVALID_ARGUMENT -> told(e, Errno.EINVAL);
            case UNAUTHENTICATED, PERMISSION_DENIED -> told(e, Errno.EACCES);
            // Written by somebody else, or the whole grid takes no changes.
            case PRECONDITION_FAILED -> told(e, Errno.EBUSY);
            case LEASE_LOST -> told(e, Errno.ESTALE);
            case UNSUPPORTED, UNKNOWN_OPERATION -> told(e, Errno.EOPNOTSUPP);
            case NO_SPACE -> told(e, Errno.ENOSPC);
            case QUOTA_EXCEEDED -> told(e, Errno.EDQUOT);
            case OVERLOADED, CONFLICT, NO_QUORUM -> told(e, Errno.EAGAIN);
            case UNAVAILABLE -> told(e, Errno.EHOSTUNREACH);
            case TIMEOUT -> told(e, Errno.ETIMEDOUT);
            case SCHEMA_MISMATCH,
                    CORRUPT_INPUT,
                    CORRUPT_DATA,
                    BAD_TICKET,
                    TICKET_EXPIRED,
                    CANCELLED,
                    UNKNOWN_OUTCOME,
                    INTERNAL -> told(e, Errno.EIO);
        };
    }

    private static Errno told(GridException e, Errno errno) {
        LOG.warn("answered {}: code={} error={}", errno, e.code(), e.getMessage());
        return errno;
    }
}
