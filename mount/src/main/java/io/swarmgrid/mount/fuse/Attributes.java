package io.swarmgrid.mount.fuse;

/**
 * What {@code stat} shows of an entry.
 *
 * @param inode its number
 * @param mode kind and permission
 */
public record Attributes(long inode, long sizeBytes, int mode, int uid, int gid, long modifiedMs) {
    public static final int DIRECTORY = 0040000;
    public static final int FILE = 0100000;
    public static final int KIND = 0170000;
    public static final int PERMISSION = 07777;

    public boolean isDirectory() {
        return (mode & KIND) == DIRECTORY;
    }
}
