//go:build linux || darwin

package server

import "syscall"

// freeSpace is how many bytes may still be written below a directory; false if that cannot be told.
func freeSpace(dir string) (bytes uint64, known bool) {
	var system syscall.Statfs_t
	if err := syscall.Statfs(dir, &system); err != nil {
		return 0, false
	}
	return system.Bavail * uint64(system.Bsize), true //nolint:gosec // sizes of blocks are positive
}
