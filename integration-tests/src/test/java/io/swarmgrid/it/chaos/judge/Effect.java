package io.swarmgrid.it.chaos.judge;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What an operation does to one path, or tells of it. */
public sealed interface Effect {
    /** What the path holds after it; empty where it cannot have succeeded on what the path held before. */
    Optional<Version> on(Version before);

    /** Whether it only looks. */
    default boolean onlyLooks() {
        return false;
    }

    /** Whether it makes something else of what is there. */
    default boolean alters() {
        return false;
    }

    /** What it puts there, where it puts something. */
    default Optional<Version> brings() {
        return Optional.empty();
    }

    /** Puts something where nothing is. */
    record Create(Version version) implements Effect {
        @Override
        public Optional<Version> on(Version before) {
            return before.isAbsent() ? Optional.of(version) : Optional.empty();
        }

        @Override
        public Optional<Version> brings() {
            return Optional.of(version);
        }
    }

    /** Puts something there, whatever was there. */
    record Write(Version version) implements Effect {
        @Override
        public Optional<Version> on(Version before) {
            return Optional.of(version);
        }

        @Override
        public Optional<Version> brings() {
            return Optional.of(version);
        }
    }

    /** Adds these pieces to the end of the file that is there. */
    record Join(List<Long> pieces) implements Effect {
        public Join {
            pieces = List.copyOf(pieces);
        }

        @Override
        public Optional<Version> on(Version before) {
            return before.isAbsent() || before.equals(Version.DIRECTORY)
                    ? Optional.empty()
                    : Optional.of(before.with(pieces));
        }

        @Override
        public boolean alters() {
            return true;
        }
    }

    /** Leaves the first so many pieces of the file that is there. */
    record Cut(int pieces) implements Effect {
        @Override
        public Optional<Version> on(Version before) {
            return before.equals(Version.DIRECTORY) || before.pieces().size() < Math.max(1, pieces)
                    ? Optional.empty()
                    : Optional.of(new Version(before.pieces().subList(0, pieces)));
        }

        @Override
        public boolean alters() {
            return true;
        }
    }

    /** Takes away what is there: a removal, or a rename to elsewhere. */
    record Remove() implements Effect {
        @Override
        public Optional<Version> on(Version before) {
            return before.isAbsent() ? Optional.empty() : Optional.of(Version.ABSENT);
        }
    }

    /** Leaves nothing there, whatever was there: the removal of a directory above. */
    record Clear() implements Effect {
        @Override
        public Optional<Version> on(Version before) {
            return Optional.of(Version.ABSENT);
        }
    }

    /** Finds one of these: what a read showed, or what a refusal told. */
    record Saw(Set<Version> versions) implements Effect {
        public Saw {
            versions = Set.copyOf(versions);
        }

        public Saw(Version version) {
            this(Set.of(version));
        }

        @Override
        public Optional<Version> on(Version before) {
            return versions.contains(before) ? Optional.of(before) : Optional.empty();
        }

        @Override
        public boolean onlyLooks() {
            return true;
        }
    }

    /** Finds that something is there, without telling what. */
    record SawSomething() implements Effect {
        @Override
        public Optional<Version> on(Version before) {
            return before.isAbsent() ? Optional.empty() : Optional.of(before);
        }

        @Override
        public boolean onlyLooks() {
            return true;
        }
    }

    /** Finds bytes that are no whole pieces: wrong whenever it happens. */
    record SawTorn(String what) implements Effect {
        @Override
        public Optional<Version> on(Version before) {
            return Optional.empty();
        }

        @Override
        public boolean onlyLooks() {
            return true;
        }
    }
}
