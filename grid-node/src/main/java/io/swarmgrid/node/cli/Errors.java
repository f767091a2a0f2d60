package io.swarmgrid.node.cli;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.config.ConfigException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.concurrent.ExecutionException;

/** The boundary between what local files and libraries throw and the grid's own errors. */
final class Errors {
    private Errors() {}

    static GridException asGrid(Throwable thrown) {
        if (thrown instanceof GridException grid) {
            return grid;
        }
        Throwable cause = thrown.getCause();
        if (cause != null && (thrown instanceof ExecutionException || thrown instanceof UncheckedIOException)) {
            return asGrid(cause);
        }
        if (thrown instanceof IOException io) {
            return local(io);
        }
        if (thrown instanceof ConfigException) {
            // With every problem it lists.
            return new GridException(ErrorCode.INVALID_ARGUMENT, String.valueOf(thrown.getMessage()), thrown);
        }
        if (thrown instanceof InterruptedException) {
            return new GridException(ErrorCode.CANCELLED, "interrupted", thrown);
        }
        String message = thrown.getMessage();
        return new GridException(
                ErrorCode.INTERNAL,
                thrown.getClass().getSimpleName() + (message == null ? "" : ": " + firstLine(message)),
                null,
                "SWARM_DEBUG=1 shows where",
                thrown);
    }

    static String firstLine(String text) {
        int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end).stripTrailing();
    }

    private static GridException local(IOException io) {
        String message = String.valueOf(io.getMessage());
        if (io instanceof NoSuchFileException) {
            return new GridException(ErrorCode.NOT_FOUND, "no such local file: " + message, io);
        }
        if (io instanceof FileAlreadyExistsException) {
            return new GridException(ErrorCode.ALREADY_EXISTS, "local file exists: " + message, io);
        }
        if (io instanceof AccessDeniedException) {
            return new GridException(ErrorCode.PERMISSION_DENIED, "no access to the local file: " + message, io);
        }
        ErrorCode code = message.contains("No space left") ? ErrorCode.NO_SPACE : ErrorCode.UNSUPPORTED;
        return new GridException(code, "cannot read or write locally: " + firstLine(message), io);
    }
}
