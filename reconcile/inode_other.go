//go:build !unix

package reconcile

import "io/fs"

// identity is the device and inode of a file; where there are none, size and
// modification time must do.
func identity(fs.FileInfo) (device, inode uint64) { return 0, 0 }
