//go:build unix

package reconcile

import (
	"io/fs"
	"syscall"
)

// identity is the device and inode of a file.
func identity(info fs.FileInfo) (device, inode uint64) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(st.Dev), uint64(st.Ino)
	}
	return 0, 0
}
