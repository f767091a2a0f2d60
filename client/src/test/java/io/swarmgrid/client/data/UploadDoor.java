package io.swarmgrid.client.data;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.grid.Door;
import io.swarmgrid.client.wire.Aborted;
import io.swarmgrid.client.wire.DatasetPut;
import io.swarmgrid.client.wire.Json;
import io.swarmgrid.client.wire.PutResult;
import io.swarmgrid.client.wire.SessionInfo;
import io.swarmgrid.client.wire.SessionRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;

/**
 * A door that keeps what is put into sessions, first column as text, once for each id of a put, and breaks off where a test
 * says so.
 */
final class UploadDoor extends Door {
    /** What is visible. */
    final List<String> committed = new CopyOnWriteArrayList<>();

    final List<String> putIds = new CopyOnWriteArrayList<>();
    /** Of the streams within sessions, those that broke off too. */
    final List<String> partIds = new CopyOnWriteArrayList<>();

    final List<String> aborted = new CopyOnWriteArrayList<>();
    final AtomicInteger messages = new AtomicInteger();
    final AtomicInteger streams = new AtomicInteger();
    final AtomicInteger putsToBreak = new AtomicInteger();
    final AtomicInteger answersToLose = new AtomicInteger();
    final AtomicInteger commitsToLose = new AtomicInteger();
    private final Map<String, Map<String, List<String>>> staged = new ConcurrentHashMap<>();
    private final Map<String, PutResult> results = new ConcurrentHashMap<>();

    UploadDoor() throws IOException {
        on("dataset.begin", body -> {
            String putId = String.valueOf(Json.read(body, DatasetPut.class).putId());
            putIds.add(putId);
            String session = "s" + (putIds.indexOf(putId) + 1);
            if (results.containsKey(session)) {
                return new SessionInfo(session, "/d", 0, true);
            }
            staged.put(session, new ConcurrentSkipListMap<>());
            return new SessionInfo(session, "/d", 0);
        });
        on("dataset.commit", body -> {
            String session = Json.read(body, SessionRequest.class).session();
            PutResult result = results.computeIfAbsent(session, this::commit);
            if (commitsToLose.getAndDecrement() > 0) {
                throw brokenConnection();
            }
            return result;
        });
        on("dataset.abort", body -> {
            String session = Json.read(body, SessionRequest.class).session();
            aborted.add(session);
            return new Aborted(staged.remove(session) != null);
        });
    }

    private PutResult commit(String session) {
        Map<String, List<String>> parts = staged.remove(session);
        if (parts == null) {
            throw new GridException(ErrorCode.NOT_FOUND, "no session " + session);
        }
        int before = committed.size();
        parts.values().forEach(committed::addAll);
        return new PutResult(true, "/d", (long) committed.size() - before, 0, 1);
    }

    @Override
    public Runnable acceptPut(
            CallContext context, FlightStream stream, StreamListener<org.apache.arrow.flight.PutResult> ack) {
        return () -> {
            streams.incrementAndGet();
            byte[] command = stream.getDescriptor().getCommand();
            String text = new String(command, StandardCharsets.UTF_8);
            String session = Json.tree(command).path("session").asText();
            String putId = Json.tree(command).path("put_id").asText();
            partIds.add(putId);
            List<String> rows = new ArrayList<>();
            while (stream.next()) {
                messages.incrementAndGet();
                if (putsToBreak.get() > 0 && messages.get() > 1) {
                    putsToBreak.decrementAndGet();
                    messages.set(0);
                    ack.onError(brokenConnection());
                    return;
                }
                texts(stream, rows);
            }
            Map<String, List<String>> into = staged.get(session);
            if (into == null) {
                ack.onError(asFlight(new GridException(ErrorCode.NOT_FOUND, "no session: " + text)));
                return;
            }
            into.putIfAbsent(putId, rows);
            if (answersToLose.getAndDecrement() > 0) {
                ack.onError(brokenConnection());
                return;
            }
            byte[] json = Json.write(new PutResult(false, "/d", (long) rows.size(), 0, 0));
            try (ArrowBuf metadata = allocator().buffer(json.length)) {
                metadata.writeBytes(json);
                ack.onNext(org.apache.arrow.flight.PutResult.metadata(metadata));
            }
            ack.onCompleted();
        };
    }

    private static void texts(FlightStream stream, List<String> rows) {
        FieldVector column = stream.getRoot().getVector(0);
        if (column.getField().getDictionary() == null) {
            for (int i = 0; i < stream.getRoot().getRowCount(); i++) {
                rows.add(String.valueOf(column.getObject(i)));
            }
            return;
        }
        Dictionary dictionary = stream.getDictionaryProvider()
                .lookup(column.getField().getDictionary().getId());
        try (var plain = DictionaryEncoder.decode(column, dictionary)) {
            for (int i = 0; i < stream.getRoot().getRowCount(); i++) {
                rows.add(String.valueOf(plain.getObject(i)));
            }
        }
    }
}
