package io.swarmgrid.hadoop;

import java.io.IOException;
import java.net.URI;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.statistics.IOStatistics;
import org.apache.hadoop.fs.statistics.IOStatisticsSource;
import org.apache.hadoop.fs.statistics.StoreStatisticNames;
import org.apache.hadoop.fs.statistics.impl.IOStatisticsBinding;
import org.apache.hadoop.security.UserGroupInformation;
import org.jspecify.annotations.Nullable;

/** What every call of a file system needs: its connection from begin to end, how often it was called, where paths lead. Thread-safe. */
abstract class ConnectedFileSystem extends FileSystem implements IOStatisticsSource {
    private final CallCounts calls = CallCounts.ofOne();
    private final IOStatistics ioStatistics = IOStatisticsBinding.fromStorageStatistics(calls);
    private volatile @Nullable Connection connection;
    private volatile Path workingDirectory = new Path("/");

    @Override
    public void initialize(URI name, Configuration configuration) throws IOException {
        super.initialize(name, configuration);
        setConf(configuration);
        connection = Connection.open(name, configuration);
        workingDirectory = getHomeDirectory();
    }

    final Connection opened() {
        Connection now = connection;
        if (now == null) {
            throw new IllegalStateException("the file system is not initialized, or is closed");
        }
        return now;
    }

    final Grid grid() {
        return opened().grid();
    }

    @Override
    public void close() throws IOException {
        super.close();
        Connection now = connection;
        connection = null;
        if (now != null) {
            now.close();
        }
    }

    /** Counts a call as HDFS does: once, when it is made, whatever comes of it and however many questions the grid is asked. */
    final void countRead(String operation) {
        calls.count(operation);
        tellRead();
    }

    /** Without its name, for one that is counted as often as it takes answers. */
    final void tellRead() {
        if (statistics != null) {
            statistics.incrementReadOps(1);
        }
    }

    /** The same for one that changes something. */
    final void countWrite(String operation) {
        calls.count(operation);
        if (statistics != null) {
            statistics.incrementWriteOps(1);
        }
    }

    /** For one that is made of others, which are counted as they are made. */
    final void count(String operation) {
        calls.count(operation);
    }

    /** How often each call was made, by the names {@code op_...} of {@link StoreStatisticNames}. */
    @Override
    public IOStatistics getIOStatistics() {
        return ioStatistics;
    }

    @Override
    public String getScheme() {
        return SwarmFileSystem.SCHEME;
    }

    @Override
    public URI getUri() {
        return opened().uri();
    }

    /** There are no delegation tokens: the grid's own token is in the configuration. */
    @Override
    @SuppressWarnings("NullAway") // as the specification has it
    public String getCanonicalServiceName() {
        return null;
    }

    @Override
    public Path getWorkingDirectory() {
        return workingDirectory;
    }

    @Override
    public void setWorkingDirectory(Path directory) {
        workingDirectory = directory.isAbsolute() ? directory : new Path(workingDirectory, directory);
    }

    @Override
    public Path getHomeDirectory() {
        String user;
        try {
            user = UserGroupInformation.getCurrentUser().getShortUserName();
        } catch (IOException e) {
            user = System.getProperty("user.name");
        }
        return makeQualified(new Path("/user/" + user));
    }

    final Path absolute(Path path) {
        checkPath(path);
        return makeQualified(path);
    }

    final String text(Path path) {
        return Objects.requireNonNull(absolute(path).toUri().getPath());
    }

    @Override
    public String toString() {
        Connection now = connection;
        return "SwarmFileSystem{"
                + (now == null
                        ? "closed"
                        : now.uri() + ", nodes " + now.settings().addresses()) + "}";
    }
}
