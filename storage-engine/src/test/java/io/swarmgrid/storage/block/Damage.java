package io.swarmgrid.storage.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Damages the files of a store, and looks at what it has put aside. */
final class Damage {
    private Damage() {}

    /** The file of a block of epoch 1. */
    static Path file(Path directory, long block) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(path -> path.endsWith(Blocks.id(block) + ".1"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Where a file of that name lies once it is put aside. */
    static Path aside(Path directory, String name) {
        return directory.resolve(Quarantine.DIRECTORY).resolve(name);
    }

    /** How many files are put aside. */
    static long aside(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory.resolve(Quarantine.DIRECTORY))) {
            return all.count();
        }
    }

    static void flip(Path path, int at) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(at);
            int old = file.read();
            file.seek(at);
            file.write(old ^ 0x10);
        }
    }

    static void cut(Path path, long length) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(length);
        }
    }

    static AbstractThrowableAssert<?, ? extends Throwable> assertDamaged(ThrowingCallable call) {
        return assertThatThrownBy(call).isInstanceOfSatisfying(GridException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.CORRUPT_DATA));
    }
}
