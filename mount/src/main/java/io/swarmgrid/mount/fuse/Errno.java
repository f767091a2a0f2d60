package io.swarmgrid.mount.fuse;

/** What a call is refused with, by the numbers of Linux. */
public enum Errno {
    EPERM(1),
    ENOENT(2),
    EIO(5),
    EBADF(9),
    EAGAIN(11),
    EACCES(13),
    EBUSY(16),
    EEXIST(17),
    EXDEV(18),
    ENODEV(19),
    ENOTDIR(20),
    EISDIR(21),
    EINVAL(22),
    EFBIG(27),
    ENOSPC(28),
    ENAMETOOLONG(36),
    ENOSYS(38),
    ENOTEMPTY(39),
    EILSEQ(84),
    EOPNOTSUPP(95),
    ESHUTDOWN(108),
    ETIMEDOUT(110),
    EHOSTUNREACH(113),
    ESTALE(116),
    EDQUOT(122);

    private final int number;

    Errno(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
