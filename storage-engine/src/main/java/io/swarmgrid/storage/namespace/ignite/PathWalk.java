package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.GridPath;
import io.swarmgrid.storage.namespace.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Finds what a path leads to, name by name, and says well what is missing. Thread-safe. */
final class PathWalk {
    private static final int HINT_NAMES = 1000;

    private final Runner runner;

    PathWalk(Runner runner) {
        this.runner = runner;
    }

    /** Where an entry is, or would be linked: the directory above it and its name there. */
    record Place(GridPath path, long parentId) {
        String name() {
            return path.name();
        }
    }

    /** The entry, or null where it, or anything above it, is missing or no directory. */
    @Nullable
    Dentry find(GridPath path) {
        return runner.look(tables -> walk(tables, path));
    }

    /** The directory above a path, or null where that is missing; NOT_A_DIRECTORY. */
    @Nullable
    Place place(GridPath path) {
        GridPath parent = Objects.requireNonNull(path.parent(), "the root has no parent");
        Dentry dentry = find(parent);
        if (dentry == null) {
            refuseFileAbove(parent);
            return null;
        }
        if (dentry.isFile()) {
            throw Problems.notDirectory(parent.toString());
        }
        return new Place(path, dentry.inodeId());
    }

    /** @throws GridException NOT_FOUND with a hint, NOT_A_DIRECTORY */
    Place requirePlace(GridPath path) {
        Place place = place(path);
        if (place == null) {
            throw notFound(path);
        }
        return place;
    }

    /** @throws GridException NOT_FOUND with a hint, NOT_A_DIRECTORY (something above it is a file) */
    Dentry require(GridPath path) {
        Dentry dentry = find(path);
        if (dentry == null) {
            throw notFound(path);
        }
        return dentry;
    }

    /** The id of a directory. */
    long requireDirectory(GridPath path) {
        Dentry dentry = require(path);
        if (dentry.isFile()) {
            throw Problems.notDirectory(path.toString());
        }
        return dentry.inodeId();
    }

    /** The error for a path that leads nowhere: NOT_A_DIRECTORY, or NOT_FOUND with the nearest name as the hint. */
    GridException notFound(GridPath path) {
        GridPath known = GridPath.ROOT;
        Dentry at = Dentry.ROOT;
        for (String name : path.names()) {
            if (at.isFile()) {
                return Problems.notDirectory(known.toString());
            }
            GridPath next = known.child(name);
            Dentry found = find(next);
            if (found == null) {
                return Problems.notFound(path.toString(), hint(path, known, at.inodeId()));
            }
            known = next;
            at = found;
        }
        return Problems.notFound(path.toString());
    }

    /** A NOT_FOUND that a step threw, with the hint that it could not know. */
    GridException withHint(GridException error, GridPath path) {
        return error.code() == ErrorCode.NOT_FOUND && error.hint() == null ? notFound(path) : error;
    }

    private @Nullable String hint(GridPath wanted, GridPath known, long directoryId) {
        String missing = wanted.names().get(known.names().size());
        List<String> names;
        try {
            byte[] page = runner.readPrimary(directoryId, new NamesStep(directoryId, HINT_NAMES));
            names = new ArrayList<>(NamesStep.decode(page));
            names.remove(ListStep.HIDDEN_IN_ROOT);
        } catch (GridException | StaleException e) {
            return null;
        }
        String nearest = NearestName.of(missing, names);
        if (nearest == null) {
            return null;
        }
        GridPath meant = known.child(nearest);
        for (String rest :
                wanted.names().subList(known.names().size() + 1, wanted.names().size())) {
            meant = meant.child(rest);
        }
        return "did you mean " + meant + "?";
    }

    private void refuseFileAbove(GridPath missing) {
        GridException error = notFound(missing);
        if (error.code() == ErrorCode.NOT_A_DIRECTORY) {
            throw error;
        }
    }

    /** How far a path leads: to the last entry on it that is there, of so many names. */
    record Reached(Dentry dentry, int depth) {}

    private static @Nullable Dentry walk(Tables tables, GridPath path) {
        Reached reached = reach(tables, path);
        return reached.depth() == path.names().size() ? reached.dentry() : null;
    }

    static Reached reach(Tables tables, GridPath path) {
        Dentry at = Dentry.ROOT;
        List<String> names = path.names();
        int depth = 0;
        if (path.startsWith(Files.STAGING)) {
            at = new Dentry(Ids.STAGING, at.kind());
            depth = Files.STAGING.names().size();
        }
        for (; depth < names.size(); depth++) {
            Dentry next = at.isFile() ? null : tables.dentry(at.inodeId(), names.get(depth));
            if (next == null) {
                return new Reached(at, depth);
            }
            at = next;
        }
        return new Reached(at, depth);
    }
}
