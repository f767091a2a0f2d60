package io.swarmgrid.hadoop;

import io.swarmgrid.client.call.Caller;
import io.swarmgrid.client.wire.FileStatus;
import java.io.IOException;
import org.apache.hadoop.security.UserGroupInformation;
import org.jspecify.annotations.Nullable;

/*
 * On a grid without tokens nobody says who he is, and what he makes belongs to "local", a user whom no machine has. Programs
 * take owners seriously: MapReduce and Tez refuse a staging directory that is not the submitter's, and "hadoop fs -get -p"
 * gives the local file to the owner that it is told of. So such entries are shown as the asking user's, as file systems without
 * users do it, and as a mount of the grid does. The same holds for groups that were never set.
 */
/** Whose an entry is shown to be. Thread-safe. */
final class Owners {
    private final UserGroupInformation user;
    private volatile @Nullable String group;

    private Owners(UserGroupInformation user) {
        this.user = user;
    }

    /** As the present user sees them. */
    static Owners here() throws IOException {
        return new Owners(UserGroupInformation.getCurrentUser());
    }

    String owner(FileStatus entry) {
        return entry.owner().equals(Caller.LOCAL.name()) ? user.getShortUserName() : entry.owner();
    }

    String group(FileStatus entry) {
        String set = entry.group();
        return set == null ? ownGroup() : set;
    }

    private String ownGroup() {
        String known = group;
        if (known == null) {
            known = primaryGroup();
            group = known;
        }
        return known;
    }

    /** A user without a group is one who is known elsewhere alone. */
    private String primaryGroup() {
        try {
            return user.getPrimaryGroupName();
        } catch (IOException e) {
            return user.getShortUserName();
        }
    }
}
