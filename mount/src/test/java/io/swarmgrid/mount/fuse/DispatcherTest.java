package io.swarmgrid.mount.fuse;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever asked the kernel waits for an answer, whatever happens here. */
class DispatcherTest {
    private static final int HEADER_BYTES = 40;
    private static final long UNIQUE = 77;

    private final List<Throwable> told = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(classes = {OutOfMemoryError.class, AssertionError.class, IllegalStateException.class})
    void answersWhateverIsThrown(Class<? extends Throwable> kind) throws Exception {
        Throwable thrown = kind.getDeclaredConstructor().newInstance();

        ByteBuffer answer = dispatcher(thrown, this::errno).answer(request(Protocol.GETATTR));

        assertThat(answer).isNotNull();
        assertThat(Objects.requireNonNull(answer).getInt(4)).isEqualTo(-Errno.EIO.number());
        assertThat(answer.getLong(8)).isEqualTo(UNIQUE);
        assertThat(told).containsExactly(thrown);
    }

    @Test
    void answersAlsoWhereItCannotBeToldWhy() {
        Function<Throwable, Errno> failing = thrown -> {
            throw new OutOfMemoryError();
        };
        ByteBuffer answer = dispatcher(new OutOfMemoryError(), failing).answer(request(Protocol.GETATTR));
        assertThat(Objects.requireNonNull(answer).getInt(4)).isEqualTo(-Errno.EIO.number());
    }

    /** The kernel takes an answer that it did not ask for to be one to something else. */
    @Test
    void answersNothingThatNobodyWaitsFor() {
        assertThat(dispatcher(new AssertionError(), this::errno).answer(request(Protocol.FORGET)))
                .isNull();
    }

    private Errno errno(Throwable thrown) {
        told.add(thrown);
        return Errno.EIO;
    }

    private static Dispatcher dispatcher(Throwable thrown, Function<Throwable, Errno> errors) {
        Class<?>[] kind = {Operations.class};
        Operations failing = (Operations)
                Proxy.newProxyInstance(DispatcherTest.class.getClassLoader(), kind, (proxy, method, arguments) -> {
                    throw thrown;
                });
        return new Dispatcher(failing, new Reply(ByteBuffer.allocate(1_000), 0), errors);
    }

    private static Request request(int opcode) {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER_BYTES + 64).order(ByteOrder.nativeOrder());
        bytes.putInt(bytes.capacity()).putInt(opcode).putLong(UNIQUE).putLong(1);
        Request request = new Request(bytes);
        request.begin(bytes.capacity());
        return request;
    }
}
