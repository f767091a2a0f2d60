package io.swarmgrid.node.flight;

import io.swarmgrid.checkpoint.CheckpointService;
import io.swarmgrid.checkpoint.StepGuard;
import io.swarmgrid.client.call.TransferScheduler;
import io.swarmgrid.client.wire.GridStatus;
import io.swarmgrid.client.wire.QosClasses;
import io.swarmgrid.config.SwarmConfig;
import io.swarmgrid.qos.ReplicaOrder;
import io.swarmgrid.storage.check.FileChecker;
import io.swarmgrid.storage.dataset.DatasetStore;
import io.swarmgrid.storage.file.FileStore;
import io.swarmgrid.storage.load.Loads;
import io.swarmgrid.storage.membership.Movements;
import io.swarmgrid.storage.membership.Nodes;
import io.swarmgrid.storage.membership.SafeMode;
import io.swarmgrid.storage.mounted.Attachments;
import io.swarmgrid.storage.mounted.Outside;
import io.swarmgrid.storage.namespace.FileMetadata;
import io.swarmgrid.storage.namespace.Files;
import io.swarmgrid.storage.namespace.Quotas;
import io.swarmgrid.storage.namespace.Trash;
import io.swarmgrid.storage.namespace.ignite.GridBackups;
import io.swarmgrid.storage.namespace.ignite.GridRecovery;
import io.swarmgrid.storage.namespace.ignite.GridRestore;
import io.swarmgrid.storage.namespace.ignite.MetadataCheck;
import io.swarmgrid.tasks.TaskService;
import java.time.Clock;
import java.util.function.Supplier;

/**
 * What stands behind the door. All of it is thread-safe and stays the property of whoever made it.
 *
 * @param gridId names the grid in tickets
 * @param gridSecret signs tickets; not to be changed
 * @param clock one time for all nodes
 * @param files with what lies below mounts, as {@code store} has it
 * @param store what callers may write
 * @param outside what lies below mounts
 * @param steps what they may not rename
 * @param gridStatus the grid as this node sees it
 * @param qosClasses the classes of this node
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Services(
        SwarmConfig config,
        String gridId,
        byte[] gridSecret,
        Clock clock,
        Nodes nodes,
        Movements movements,
        SafeMode safeMode,
        Files files,
        Trash trash,
        Quotas quotas,
        FileMetadata metadata,
        FileStore store,
        Outside outside,
        Attachments attachments,
        StepGuard steps,
        FileChecker checker,
        Loads loads,
        GridRecovery recovery,
        GridBackups backups,
        GridRestore restore,
        MetadataCheck metadataCheck,
        DatasetStore datasets,
        CheckpointService checkpoints,
        TaskService tasks,
        TransferScheduler scheduler,
        ReplicaOrder replicas,
        Supplier<GridStatus> gridStatus,
        Supplier<QosClasses> qosClasses) {}
