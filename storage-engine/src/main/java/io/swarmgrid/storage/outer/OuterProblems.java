package io.swarmgrid.storage.outer;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The errors of outer stores, said in one way; a place is an address and the path below it. */
public final class OuterProblems {
    private OuterProblems() {}

    public static GridException notFound(String place) {
        return new GridException(ErrorCode.NOT_FOUND, "not found in the outer store: " + place);
    }

    public static GridException notDirectory(String place) {
        return new GridException(ErrorCode.NOT_A_DIRECTORY, "not a directory in the outer store: " + place);
    }

    public static GridException isDirectory(String place) {
        return new GridException(ErrorCode.IS_A_DIRECTORY, "is a directory in the outer store: " + place);
    }

    public static GridException changed(String place) {
        return new GridException(
                ErrorCode.PRECONDITION_FAILED,
                "the file was changed in the outer store since it was opened: " + place,
                null,
                "open it again",
                null);
    }

    public static GridException vanished(String place) {
        return new GridException(
                ErrorCode.NOT_FOUND, "the file was removed from the outer store since it was opened: " + place);
    }

    public static GridException denied(String place, Throwable cause) {
        return new GridException(
                ErrorCode.PERMISSION_DENIED,
                "the outer store does not let this node do that: " + place + ": " + cause,
                cause);
    }

    public static GridException unreachable(String place, @Nullable Throwable cause) {
        return new GridException(ErrorCode.UNAVAILABLE, "the outer store cannot read " + place + ": " + cause, cause);
    }

    public static GridException noSpace(String place, Throwable cause) {
        return new GridException(
                ErrorCode.NO_SPACE,
                "the outer store has no room for " + place + ": " + cause,
                place,
                "make room there, or have its quota raised",
                cause);
    }

    public static GridException exists(String place) {
        return new GridException(ErrorCode.ALREADY_EXISTS, "exists in the outer store: " + place);
    }

    public static GridException notEmpty(String place) {
        return new GridException(ErrorCode.DIRECTORY_NOT_EMPTY, "not empty in the outer store: " + place);
    }

    public static GridException onlyRead(String place) {
        return new GridException(ErrorCode.UNSUPPORTED, "this kind of outer store is only read: " + place);
    }

    /** Whether a path of the grid can have this name, and the grid shows it: not what it is just writing itself. */
    public static boolean isName(String name) {
        if (TemporaryName.is(name)) {
            return false;
        }
        try {
            return new GridPath(List.of(name)).names().size() == 1;
        } catch (GridException e) {
            return false;
        }
    }
}
