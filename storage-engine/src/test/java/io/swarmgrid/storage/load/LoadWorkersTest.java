package io.swarmgrid.storage.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What becomes of work that fails. */
class LoadWorkersTest {
    @AutoClose
    private final LoadWorkers workers = new LoadWorkers(2);

    @Test
    void tellWhatAFileWasLeftFor() throws InterruptedException {
        workers.run(() -> {
            throw new StackOverflowError("deep");
        });
        assertThatThrownBy(workers::await)
                .isInstanceOfSatisfying(
                        GridException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL))
                .hasMessageContaining("deep");
        workers.await(); // it was told
    }

    @Test
    void tellRefusalsAsTheyAre() throws InterruptedException {
        GridException refusal = new GridException(ErrorCode.CANCELLED, "this node stops");
        workers.run(() -> {
            throw refusal;
        });
        assertThatThrownBy(workers::await).isSameAs(refusal);
    }
}
