package io.swarmgrid.storage.replica;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.block.Loan;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What one call has lent, until its caller ends it or was given time enough to open it. Thread-safe. */
public final class Loans {
    private static final int OPEN_WITHIN_SECONDS = 10;

    private final ServedCall call;
    private final CompletableFuture<Void> opened = new CompletableFuture<>();

    @GuardedBy("this")
    private final List<Loan> loans = new ArrayList<>();

    @GuardedBy("this")
    private boolean ended;

    public Loans(ServedCall call) {
        this.call = call;
    }

    /** Takes the ownership. */
    public synchronized void add(Loan loan) {
        if (ended) {
            loan.close();
        } else {
            loans.add(loan);
        }
    }

    /** From now on the caller has ten seconds; then the call fails. */
    public void expireSoon(String what) {
        CompletableFuture<Void> unused = opened.orTimeout(OPEN_WITHIN_SECONDS, TimeUnit.SECONDS)
                .whenComplete((done, late) -> {
                    if (late != null) {
                        end();
                        call.fail(new GridException(ErrorCode.TIMEOUT, "blocks are lent for a moment only: " + what));
                    }
                });
    }

    public synchronized boolean isEnded() {
        return ended;
    }

    /** Takes all back. Idempotent. */
    public void end() {
        synchronized (this) {
            ended = true;
            loans.forEach(Loan::close);
            loans.clear();
        }
        opened.complete(null);
    }
}
