package io.swarmgrid.node.flight;

import io.swarmgrid.client.ErrorCode;
import io.swarmgrid.client.GridException;
import io.swarmgrid.client.call.CallContext;
import io.swarmgrid.client.call.Grant;
import io.swarmgrid.client.wire.BalanceRequest;
import io.swarmgrid.client.wire.BalanceStatus;
import io.swarmgrid.client.wire.CallerInfo;
import io.swarmgrid.client.wire.MetadataCheckRequest;
import io.swarmgrid.client.wire.NodeRequest;
import io.swarmgrid.client.wire.NodeStatus;
import io.swarmgrid.client.wire.Nothing;
import io.swarmgrid.client.wire.PageRequest;
import io.swarmgrid.client.wire.RecoverRequest;
import io.swarmgrid.client.wire.SafeModeRequest;
import io.swarmgrid.client.wire.SafeModeStatus;
import io.swarmgrid.client.wire.TaskRequest;
import io.swarmgrid.client.wire.TaskSpec;
import io.swarmgrid.storage.membership.SafeMode;
import io.swarmgrid.tasks.TaskService;

/** The actions {@code task.*}, {@code qos.*} and {@code grid.*}. Thread-safe. */
final class GridActions {
    private final Services services;

    GridActions(Services services) {
        this.services = services;
    }

    void addTo(ActionTable table) {
        addTasksTo(table);
        table.add(
                "qos.classes",
                "The QoS classes of this node and what they moved: {}",
                Grant.READ,
                Nothing.class,
                (call, ask) -> services.qosClasses().get());
        table.add(
                "grid.status",
                "The grid as this node sees it: {}",
                Grant.READ,
                Nothing.class,
                (call, ask) -> services.gridStatus().get());
        table.add(
                "grid.drain",
                "Make a node give its blocks away, and say how far it is: {node}",
                Grant.ADMIN,
                NodeRequest.class,
                (call, ask) -> drain(ask));
        table.add(
                "grid.undrain",
                "Let a node take blocks again: {node}",
                Grant.ADMIN,
                NodeRequest.class,
                (call, ask) -> undrain(ask));
        table.add(
                "grid.balance",
                "Even out what the nodes hold: {threshold_percent, stop}",
                Grant.ADMIN,
                BalanceRequest.class,
                (call, ask) -> balance(ask));
        table.add(
                "grid.safe_mode",
                "Whether the grid takes changes of names and files, or that it is to: {on}",
                Grant.READ,
                SafeModeRequest.class,
                this::safeMode);
        table.add(
                "grid.check",
                "Whether the copies of the metadata are alike: {repair}, or {run}: how far that is",
                Grant.ADMIN,
                MetadataCheckRequest.class,
                (call, ask) -> services.metadataCheck().check(ask));
        table.add(
                "grid.recover",
                "Make the metadata anew that every node has lost: {dry_run, finish}, or {run}: how far that is",
                Grant.ADMIN,
                RecoverRequest.class,
                (call, ask) -> services.recovery().recover(ask));
        table.add(
                "grid.whoami",
                "Who this node takes the caller for: {}",
                Grant.READ,
                Nothing.class,
                (call, ask) -> caller(call));
    }

    private void addTasksTo(ActionTable table) {
        TaskService tasks = services.tasks();
        table.add(
                "task.submit",
                "Run a program where the data lies: TaskSpec",
                Grant.TASKS,
                TaskSpec.class,
                tasks::submit);
        table.add("task.status", "A task and its splits: {id}", Grant.TASKS, TaskRequest.class, tasks::status);
        table.add(
                "task.list",
                "The tasks, latest first: {page_size, page_token}",
                Grant.TASKS,
                PageRequest.class,
                tasks::list);
        table.add("task.cancel", "End a task: {id}", Grant.TASKS, TaskRequest.class, tasks::cancel);
    }

    private NodeStatus drain(NodeRequest ask) {
        services.movements().drain(ask.node());
        return node(ask.node());
    }

    private NodeStatus undrain(NodeRequest ask) {
        services.movements().undrain(ask.node());
        return node(ask.node());
    }

    private NodeStatus node(String name) {
        return services.gridStatus().get().nodes().stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new GridException(
                        ErrorCode.NOT_FOUND, "no such node: " + name, null, "swarm grid nodes lists them", null));
    }

    private BalanceStatus balance(BalanceRequest ask) {
        if (Boolean.TRUE.equals(ask.stop())) {
            services.movements().stopBalance();
        } else {
            services.movements().balance(ask.thresholdPercent());
        }
        return services.gridStatus().get().balance();
    }

    private SafeModeStatus safeMode(CallContext call, SafeModeRequest ask) {
        SafeMode mode = services.safeMode();
        if (ask.on() == null) {
            return mode.status();
        }
        call.caller().require(Grant.ADMIN);
        String by = call.caller().name();
        return ask.on() ? mode.enter(by) : mode.leave(by);
    }

    private static CallerInfo caller(CallContext call) {
        return new CallerInfo(
                call.caller().name(),
                call.caller().tenant(),
                call.caller().grants().stream().map(Grant::key).sorted().toList(),
                call.qos().name(),
                call.requestId(),
                call.traceId());
    }
}
