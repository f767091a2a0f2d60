package io.swarmgrid.client;

import org.jspecify.annotations.Nullable;

/**
 * The one exception of the grid. Its message is what failed with the values that matter; {@link #path} and
 * {@link #hint} (the way out) travel beside it, so that every door can show them in its own way.
 */
public final class GridException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final @Nullable String path;
    private final @Nullable String hint;

    public GridException(ErrorCode code, String message) {
        this(code, message, null, null, null);
    }

    public GridException(ErrorCode code, String message, @Nullable Throwable cause) {
        this(code, message, null, null, cause);
    }

    public GridException(
            ErrorCode code, String message, @Nullable String path, @Nullable String hint, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.path = path;
        this.hint = hint;
    }

    public static GridException notFound(GridPath path, @Nullable String hint) {
        return new GridException(ErrorCode.NOT_FOUND, "not found: " + path, path.toString(), hint, null);
    }

    public static GridException invalid(String message) {
        return new GridException(ErrorCode.INVALID_ARGUMENT, message);
    }

    public ErrorCode code() {
        return code;
    }

    public ErrorKind kind() {
        return code.kind();
    }

    /** The path that the error is about, where it is about one. */
    public @Nullable String path() {
        return path;
    }

    /** What the caller can do, in a few words; null where there is nothing to add. */
    public @Nullable String hint() {
        return hint;
    }
}
