package io.swarmgrid.hadoop;

import io.swarmgrid.client.GridException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.util.function.Supplier;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.ClusterStorageCapacityExceededException;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;
import org.apache.hadoop.fs.PathIsNotEmptyDirectoryException;
import org.apache.hadoop.ipc.RetriableException;
import org.apache.hadoop.security.AccessControlException;

/** The grid's errors as Hadoop's. */
final class Errors {
    private Errors() {}

    /** Calls the grid about a path. */
    static <T> T at(Path path, Supplier<T> call) throws IOException {
        try {
            return call.get();
        } catch (GridException e) {
            throw of(e, path);
        }
    }

    /** The same for a look at what is there: with a file in the way there is nothing. */
    static <T> T looking(Path path, Supplier<T> call) throws IOException {
        try {
            return call.get();
        } catch (GridException e) {
            throw switch (e.code()) {
                case NOT_A_DIRECTORY -> caused(new FileNotFoundException(text(e)), e);
                default -> of(e, path);
            };
        }
    }

    /** The same for a call that writes a file, where a directory in the way is one that exists already. */
    static <T> T writing(Path path, Supplier<T> call) throws IOException {
        try {
            return call.get();
        } catch (GridException e) {
            throw switch (e.code()) {
                case IS_A_DIRECTORY -> caused(new FileAlreadyExistsException(text(e)), e);
                default -> of(e, path);
            };
        }
    }

    static IOException of(GridException e, Path path) {
        IOException error =
                switch (e.code()) {
                    case NOT_FOUND, IS_A_DIRECTORY -> new FileNotFoundException(text(e));
                    case ALREADY_EXISTS -> new FileAlreadyExistsException(text(e));
                    case NOT_A_DIRECTORY -> new ParentNotDirectoryException(text(e));
                    case DIRECTORY_NOT_EMPTY -> new PathIsNotEmptyDirectoryException(path.toString());
                    case UNAUTHENTICATED, PERMISSION_DENIED -> new AccessControlException(text(e));
                    case CORRUPT_DATA -> new ChecksumException(text(e), 0);
                    case CANCELLED -> new InterruptedIOException(text(e));
                    case TIMEOUT -> new SocketTimeoutException(text(e));
                    case UNAVAILABLE -> new ConnectException(text(e));
                    case QUOTA_EXCEEDED -> new ClusterStorageCapacityExceededException(text(e));
                    case OVERLOADED, NO_QUORUM, CONFLICT -> new RetriableException(text(e));
                    case INVALID_ARGUMENT,
                            SCHEMA_MISMATCH,
                            CORRUPT_INPUT,
                            BAD_TICKET,
                            TICKET_EXPIRED,
                            UNKNOWN_OPERATION,
                            PRECONDITION_FAILED,
                            LEASE_LOST,
                            UNSUPPORTED,
                            NO_SPACE,
                            UNKNOWN_OUTCOME,
                            INTERNAL -> new PathIOException(path.toString(), text(e));
                };
        return caused(error, e);
    }

    private static String text(GridException e) {
        String message = e.getMessage() == null ? e.code().name() : e.getMessage();
        return e.hint() == null ? message : message + " (" + e.hint() + ")";
    }

    private static <E extends IOException> E caused(E error, GridException e) {
        error.initCause(e);
        return error;
    }
}
