package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.FileStatus;
import io.swarmgrid.client.wire.PutMode;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.OperationId;
import io.swarmgrid.storage.namespace.Publication;
import io.swarmgrid.storage.namespace.ignite.PathWalk.Place;
import java.time.Clock;
import java.util.Objects;

/** Makes staged directories visible, and the directories that are missing above what is to be linked. */
final class Publishing {
    private final Runner runner;
    private final PathWalk walk;
    private final Ids ids;
    private final Clock clock;

    Publishing(Runner runner, PathWalk walk, Ids ids, Clock clock) {
        this.runner = runner;
        this.walk = walk;
        this.ids = ids;
        this.clock = clock;
    }

    /** The directory at a path, made with all that is missing above it. */
    FileStatus makeDirectories(GridPath path, String owner) {
        return Runner.untilFresh(() -> {
            Place place = Objects.requireNonNull(placeMade(path, owner, 0), "no place");
            return make(place, owner, ids.directory());
        });
    }

    /**
     * The place of an entry; what is missing above it is made.
     *
     * @param lastId the id for the directory of the entry, if that has to be made; 0 for a random one
     */
    Place placeMade(GridPath path, String owner, long lastId) {
        Place place = walk.place(path);
        if (place != null) {
            return place;
        }
        refuseLostSession(path);
        GridPath parent = Objects.requireNonNull(path.parent(), "the root is always there");
        Place above = placeMade(parent, owner, 0);
        FileStatus made = make(above, owner, lastId == 0 ? ids.directory() : lastId);
        return new Place(path, made.id());
    }

    /** What is staged goes with its session: a straggler must not bring the directory of one back that has ended. */
    void refuseLostSession(GridPath path) {
        int depth = Files.STAGING.names().size() + 1;
        if (Staged.isBelow(path) && path.names().size() > depth) {
            GridPath session = new GridPath(path.names().subList(0, depth));
            if (walk.find(session) == null) {
                throw Problems.notFound(session.toString(), "the staged work was published, given up, or expired");
            }
        }
    }

    private FileStatus make(Place place, String owner, long id) {
        MakeDirectoryStep step = new MakeDirectoryStep(place, id, owner, true, clock.millis());
        return Outcome.decode(runner.change(place.parentId(), step)).entry();
    }

    FileStatus publish(Publication publication) {
        GridPath target = publication.target();
        if (!Staged.isBelow(publication.staged())) {
            throw Problems.invalid(
                    "cannot publish what is not staged below " + Files.STAGING + ": " + publication.staged(),
                    publication.staged().toString());
        }
        // Into what a session stages is fine: a put inside a session becomes visible with that.
        boolean session = Files.STAGING.equals(target.parent());
        if (target.isRoot() || Staged.isFixed(target) || session) {
            throw Problems.invalid("cannot publish to " + target, target.toString());
        }
        String operation = publication.operation() == null
                ? Long.toHexString(ids.token()) + Long.toHexString(ids.token())
                : publication.operation().value();
        return Runner.untilFresh(() -> attempt(publication, new OperationId(operation)));
    }

    private FileStatus attempt(Publication publication, OperationId operation) {
        byte[] before = publication.mode() == PutMode.APPEND ? IgniteFiles.recall(runner, operation) : null;
        if (before != null) {
            return Outcome.decode(before).entry();
        }
        long stagedId = walk.requireDirectory(publication.staged());
        Place staged = walk.requirePlace(publication.staged());
        long now = clock.millis();
        Step step =
                switch (publication.mode()) {
                    case CREATE, OVERWRITE -> {
                        FileStatus owner = ownerOf(publication);
                        Place target = placeMade(publication.target(), owner.owner(), 0);
                        boolean overwrite = publication.mode() == PutMode.OVERWRITE;
                        yield new PublishStep(staged, stagedId, target, overwrite, publication, now);
                    }
                    case APPEND -> {
                        long targetId = walk.requireDirectory(publication.target());
                        yield new AppendStep(
                                staged, stagedId, targetId, publication, operation.value(), ids.token(), now);
                    }
                };
        return Outcome.decode(runner.change(stagedId, step)).entry();
    }

    private FileStatus ownerOf(Publication publication) {
        Dentry staged = walk.require(publication.staged());
        Inode inode = runner.look(tables -> tables.inode(staged.inodeId()));
        if (inode == null) {
            throw new StaleException("removed meanwhile");
        }
        return inode.status(publication.staged().toString(), staged.inodeId());
    }
}
