package io.swarmgrid.storage.namespace.ignite;

import static org.assertj.core.api.Assertions.assertThat;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.storage.namespace.ignite.IgniteErrors.Verdict;
import org.apache.ignite.transactions.TransactionOptimisticException;
import org.apache.ignite.transactions.TransactionTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransactionsTest {
    /** A node was lost during the commit of an attempt before. */
    @ParameterizedTest
    @EnumSource
    void nobodyIsToldThatNothingWasChangedWhereAnEarlierAttemptIsInDoubt(Verdict last) {
        GridException said = Transactions.gaveUp(new TransactionTimeoutException("an exchange"), last, true, 1);

        assertThat(said.code()).isEqualTo(ErrorCode.UNKNOWN_OUTCOME);
    }

    @Test
    void whatWasNeverInDoubtIsToldAsItIs() {
        GridException late =
                Transactions.gaveUp(new TransactionTimeoutException("an exchange"), Verdict.TIMEOUT, false, 1);
        GridException crowded =
                Transactions.gaveUp(new TransactionOptimisticException("others"), Verdict.CONFLICT, false, 6);

        assertThat(late.code()).isEqualTo(ErrorCode.TIMEOUT);
        assertThat(crowded.code()).isEqualTo(ErrorCode.CONFLICT);
        assertThat(crowded).hasMessageContaining("7 attempts");
    }
}
