package io.swarmgrid.it.chaos;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.data.FileOutput;
import io.swarmgrid.client.data.FileTransfer;
import io.swarmgrid.client.grid.ClientOptions;
import io.swarmgrid.client.grid.GridClient;
import io.swarmgrid.client.wire.Concat;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.client.wire.FilePut;
import io.swarmgrid.client.wire.FileRead;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.MakeDirectory;
import io.swarmgrid.client.wire.PathRequest;
import io.swarmgrid.client.wire.Remove;
import io.swarmgrid.client.wire.Removed;
import io.swarmgrid.client.wire.Rename;
import io.swarmgrid.client.wire.Truncate;
import io.swarmgrid.it.chaos.judge.Content;
import io.swarmgrid.it.chaos.judge.Effect;
import io.swarmgrid.it.chaos.judge.History;
import io.swarmgrid.it.chaos.judge.Outcome;
import io.swarmgrid.it.chaos.judge.Version;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** Calls of one caller, each noted in the history with what was answered. Confined to one thread. */
final class Calls implements AutoCloseable {
    /** How a file is put. */
    enum Mode {
        CREATE,
        REPLACE
    }

    private static final ClientOptions OPTIONS =
            ClientOptions.DEFAULT.withTimeout(Duration.ofSeconds(10)).withConnectTimeout(Duration.ofSeconds(2));

    private final String caller;
    private final GridClient client;
    private final History history;
    private final AtomicLong contents;
    private Outcome last = Outcome.OK;

    /** @param contents where the ids of contents come from, for all callers */
    Calls(String caller, List<String> addresses, History history, AtomicLong contents) {
        this.caller = caller;
        this.client = GridClient.connect(addresses, OPTIONS);
        this.history = history;
        this.contents = contents;
    }

    DatasetCalls datasets() {
        return new DatasetCalls(caller, client, history, contents);
    }

    /** For calls that are noted elsewhere. */
    GridClient client() {
        return client;
    }

    @Override
    public void close() {
        client.close();
    }

    /**
     * Puts new content of so many bytes.
     *
     * @return what was put, if it was
     */
    Version put(String path, int sizeBytes, Mode mode) {
        Content content = new Content(contents.incrementAndGet(), sizeBytes);
        Version version = Version.of(content.id());
        Effect effect = mode == Mode.CREATE ? new Effect.Create(version) : new Effect.Write(version);
        History.Call call =
                history.begin(caller, mode == Mode.CREATE ? "create" : "put").meaning(path, effect);
        last = make(call, path, () -> put(path, content, mode));
        return version;
    }

    /**
     * Puts a new file of some new pieces, one behind the other.
     *
     * @return what was put, if it was
     */
    Version putPieces(String path, List<Integer> sizesBytes) {
        List<Content> pieces = sizesBytes.stream()
                .map(sizeBytes -> new Content(contents.incrementAndGet(), sizeBytes))
                .toList();
        Version version = new Version(pieces.stream().map(Content::id).toList());
        History.Call call = history.begin(caller, "create").meaning(path, new Effect.Create(version));
        last = make(call, path, () -> {
            try (FileOutput output = new FileOutput(client, new FilePut(path, false, null, null, null))) {
                pieces.forEach(piece -> output.write(piece.bytes(), 0, piece.sizeBytes()));
                output.commit();
            }
        });
        return version;
    }

    /** @param sizeBytes how much the first so many pieces are */
    void truncate(String path, int pieces, long sizeBytes) {
        History.Call call = history.begin(caller, "truncate").meaning(path, new Effect.Cut(pieces));
        last = make(call, path, () -> client.action("fs.truncate", new Truncate(path, sizeBytes), FileStatus.class));
    }

    private void put(String path, Content content, Mode mode) {
        FilePut put = new FilePut(path, mode == Mode.REPLACE, null, null, null);
        try (FileOutput output = new FileOutput(client, put)) {
            byte[] bytes = content.bytes();
            output.write(bytes, 0, bytes.length);
            output.commit();
        }
    }

    /**
     * Puts new content below directories that the put makes where they are missing. It may have made them even where it was
     * refused in the end.
     */
    void putBelow(List<String> directories, String path, int sizeBytes) {
        Content content = new Content(contents.incrementAndGet(), sizeBytes);
        History.Call made = history.begin(caller, "make parents");
        History.Call call =
                history.begin(caller, "put below").meaning(path, new Effect.Write(Version.of(content.id())));
        directories.forEach(directory -> call.meaning(directory, new Effect.Write(Version.DIRECTORY)));
        make(call, path, () -> put(path, content, Mode.REPLACE));
        if (call.outcome() == Outcome.REFUSED) {
            directories.forEach(directory -> made.meaning(directory, new Effect.Write(Version.DIRECTORY)));
        }
    }

    /** Reads the whole file at a path. */
    void get(String path) {
        History.Call call = history.begin(caller, "get");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            new FileTransfer(client).get(new FileRead(path, null, null), Channels.newChannel(bytes), count -> {});
            call.told(path, Content.seen(bytes.toByteArray()), "");
        } catch (GridException e) {
            if (e.code() == ErrorCode.NOT_FOUND && bytes.size() == 0) {
                call.told(path, new Effect.Saw(Version.ABSENT), "NOT_FOUND");
            } else {
                call.failed(path, text(e));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Looks whether a directory is there. */
    void look(String path) {
        History.Call call = history.begin(caller, "stat");
        try {
            FileStatus status = client.action("fs.stat", new PathRequest(path), FileStatus.class);
            boolean directory = status.kind() == EntryKind.DIRECTORY;
            call.told(path, directory ? new Effect.Saw(Version.DIRECTORY) : new Effect.SawSomething(), "");
        } catch (GridException e) {
            if (e.code() == ErrorCode.NOT_FOUND) {
                call.told(path, new Effect.Saw(Version.ABSENT), "NOT_FOUND");
            } else {
                call.failed(path, text(e));
            }
        }
    }

    void remove(String path) {
        remove(history.begin(caller, "remove").meaning(path, new Effect.Remove()), path, false);
    }

    /** @param below every path that may be there below the top */
    void removeTree(String top, List<String> below) {
        History.Call call = history.begin(caller, "remove tree").meaning(top, new Effect.Remove());
        below.forEach(path -> call.meaning(path, new Effect.Clear()));
        remove(call, top, true);
    }

    private void remove(History.Call call, String path, boolean recursive) {
        last = make(call, path, () -> client.action("fs.remove", new Remove(path, recursive, id()), Removed.class));
    }

    /** @param moved what is at the source, if anything is */
    void rename(String from, String to, Version moved, Mode mode) {
        Effect effect = mode == Mode.CREATE ? new Effect.Create(moved) : new Effect.Write(moved);
        History.Call call = history.begin(caller, mode == Mode.CREATE ? "rename" : "publish")
                .meaning(from, new Effect.Remove())
                .meaning(to, effect);
        Rename rename = new Rename(from, to, mode == Mode.REPLACE, id());
        last = make(call, from, () -> client.action("fs.rename", rename, FileStatus.class));
    }

    /** @param below all that is there below the directory, by its path from there */
    void renameTree(String from, String to, Map<String, Version> below) {
        History.Call call = history.begin(caller, "rename tree")
                .meaning(from, new Effect.Remove())
                .meaning(to, new Effect.Create(Version.DIRECTORY));
        below.forEach((path, version) ->
                call.meaning(from + path, new Effect.Remove()).meaning(to + path, new Effect.Create(version)));
        Rename rename = new Rename(from, to, false, id());
        last = make(call, from, () -> client.action("fs.rename", rename, FileStatus.class));
    }

    /** @param versions what is at each source, if anything is */
    void join(String target, List<String> sources, List<Version> versions) {
        List<Long> pieces =
                versions.stream().flatMap(each -> each.pieces().stream()).toList();
        History.Call call = history.begin(caller, "join").meaning(target, new Effect.Join(pieces));
        sources.forEach(source -> call.meaning(source, new Effect.Remove()));
        last = make(
                call, target, () -> client.action("fs.concat", new Concat(target, sources, id()), FileStatus.class));
    }

    void makeDirectory(String path) {
        History.Call call = history.begin(caller, "mkdir").meaning(path, new Effect.Create(Version.DIRECTORY));
        last = make(call, path, () -> client.action("fs.mkdir", new MakeDirectory(path, null), FileStatus.class));
    }

    /** What came of the last change. */
    Outcome last() {
        return last;
    }

    /** Makes a change, and notes what came of it. */
    @CanIgnoreReturnValue
    static Outcome make(History.Call call, String path, Runnable change) {
        try {
            change.run();
            call.ok();
        } catch (GridException e) {
            switch (e.kind()) {
                case CALLER -> refused(call, path, e);
                case RETRY -> call.refused(text(e));
                case UNKNOWN, FATAL -> call.unknown(text(e));
            }
            return call.outcome() == Outcome.UNKNOWN ? Outcome.UNKNOWN : Outcome.REFUSED;
        }
        return Outcome.OK;
    }

    /** A refusal may tell what is there; one to create a file where a directory above is lacking tells nothing of the file. */
    private static void refused(History.Call call, String path, GridException e) {
        boolean takesAway = call.isMeant(path, Effect.Remove.class);
        if (call.isMeant(path, Effect.Join.class)) {
            call.refused(text(e));
        } else if (e.code() == ErrorCode.NOT_FOUND && (takesAway || call.isMeant(path, Effect.Cut.class))) {
            call.told(path, new Effect.Saw(Version.ABSENT), text(e));
        } else if (e.code() == ErrorCode.ALREADY_EXISTS && !takesAway) {
            call.told(path, new Effect.SawSomething(), text(e));
        } else if (e.code() == ErrorCode.CANCELLED) {
            call.unknown(text(e));
        } else {
            call.refused(text(e));
        }
    }

    private static String id() {
        return UUID.randomUUID().toString();
    }

    private static String text(GridException e) {
        return e.code() + ": " + e.getMessage();
    }
}
