package io.swarmgrid.storage.mounted;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Has a question asked once for all who want the answer at the same time. As many as there are callers. Thread-safe. */
final class Once<K, V> {
    private final ConcurrentMap<K, CompletableFuture<V>> running = new ConcurrentHashMap<>();
    private final Duration most;

    /** @param most how long somebody waits for another's question */
    Once(Duration most) {
        this.most = most;
    }

    /** @throws GridException what the question threw, whoever asked it */
    V get(K key, Supplier<V> question) {
        CompletableFuture<V> mine = new CompletableFuture<>();
        CompletableFuture<V> other = running.putIfAbsent(key, mine);
        if (other != null) {
            return await(key, other);
        }
        try {
            V answer = question.get();
            mine.complete(answer);
            return answer;
        } catch (RuntimeException | Error e) {
            mine.completeExceptionally(e);
            throw e;
        } finally {
            running.remove(key, mine);
        }
    }

    private V await(K key, CompletableFuture<V> other) {
        try {
            return other.get(most.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GridException error && error.code() != ErrorCode.CANCELLED) {
                throw error;
            }
            throw new GridException(ErrorCode.UNAVAILABLE, "whoever asked has given up: " + key, e);
        } catch (TimeoutException e) {
            throw new GridException(ErrorCode.UNAVAILABLE, "whoever asked has no answer yet: " + key, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GridException(ErrorCode.CANCELLED, "interrupted while waiting for an answer: " + key, e);
        }
    }
}
