package io.swarmgrid.storage.namespace.ignite;

import io.swarmgrid.client.GridPath;
import io.swarmgrid.client.wire.EntryKind;
import io.swarmgrid.storage.namespace.PutOptions;
import io.swarmgrid.storage.namespace.TimeToLive;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a new file is stored as. Thread-safe. */
final class NewInodes {
    private final Policies policies;
    private final Clock clock;

    NewInodes(Policies policies, Clock clock) {
        this.policies = policies;
        this.clock = clock;
    }

    /** @param place null while what is above the path is missing */
    Inode of(GridPath path, PathWalk.@Nullable Place place, PutOptions options, Inode.Content content) {
        boolean hidden = !content.isVisible();
        Inode above = policies.above(path, place);
        // What nobody sees yet counts from the beginning for what it will, as far as that is known; when it is linked
        // the guard says it.
        Charge charge = hidden && above != null ? Charge.NONE.to(above.charge().below()) : Charge.NONE;
        return new Inode(
                EntryKind.FILE,
                new Inode.Link(place == null ? 0 : place.parentId(), path.name()),
                Inode.Revision.first(clock.millis()),
                Inode.Rights.of(options.owner()).changed(null, options.group(), options.permission()),
                policies.storing(path, above, options),
                TimeToLive.inherited(
                        above == null ? Map.of() : above.attributes(),
                        Policies.keeping(above).in(options.attributes())),
                content,
                charge);
    }
}
