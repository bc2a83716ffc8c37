package emulator

// Hits shows a fault's choice of calls to tests.
func (f Fault) Hits(n int) bool { return f.hits(n) }
