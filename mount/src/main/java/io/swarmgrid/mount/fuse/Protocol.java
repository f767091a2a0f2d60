package io.swarmgrid.mount.fuse;

/** Numbers of {@code linux/fuse.h}, as of protocol 7.31 (Linux 5.4), which all later kernels speak. */
final class Protocol {
    static final int MAJOR = 7;
    static final int MINOR = 31;
    /** What came with it is needed: requests of a mebibyte. */
    static final int LEAST_MINOR = 28;

    static final int LOOKUP = 1;
    static final int FORGET = 2;
    static final int GETATTR = 3;
    static final int SETATTR = 4;
    static final int SYMLINK = 6;
    static final int MKNOD = 8;
    static final int MKDIR = 9;
    static final int UNLINK = 10;
    static final int RMDIR = 11;
    static final int RENAME = 12;
    static final int LINK = 13;
    static final int OPEN = 14;
    static final int READ = 15;
    static final int WRITE = 16;
    static final int STATFS = 17;
    static final int RELEASE = 18;
    static final int FSYNC = 20;
    static final int FLUSH = 25;
    static final int INIT = 26;
    static final int OPENDIR = 27;
    static final int READDIR = 28;
    static final int RELEASEDIR = 29;
    static final int FSYNCDIR = 30;
    static final int CREATE = 35;
    static final int INTERRUPT = 36;
    static final int DESTROY = 38;
    static final int BATCH_FORGET = 42;
    static final int READDIRPLUS = 44;
    static final int RENAME2 = 45;

    /** Reads of one file at once. */
    static final int ASYNC_READ = 1;
    /** Writes of more than a page. */
    static final int BIG_WRITES = 1 << 5;
    /** What is cached goes where a file turns out changed. */
    static final int AUTO_INVAL_DATA = 1 << 12;

    static final int DO_READDIRPLUS = 1 << 13;
    static final int READDIRPLUS_AUTO = 1 << 14;
    static final int PARALLEL_DIROPS = 1 << 18;
    static final int MAX_PAGES = 1 << 22;

    static final int OPEN_KEEP_CACHE = 1 << 1;
    /** No FLUSH when it is closed; kernels before 5.16 send one nevertheless. */
    static final int OPEN_NO_FLUSH = 1 << 5;

    static final int RENAME_NOREPLACE = 1;

    static final int O_ACCMODE = 3;
    static final int O_EXCL = 0200;
    static final int O_TRUNC = 01000;

    static final int MAX_WRITE_BYTES = 1 << 20;
    static final int PAGE_BYTES = 4096;

    private Protocol() {}
}
