package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkPlan is everything from the start to the printed plan of 20 albums of
// 20 pictures on the emulated account, with a state that knows them.
func BenchmarkPlan(b *testing.B) {
	dir := b.TempDir()
	var spec strings.Builder
	spec.WriteString("version: 1\nalbums:\n")
	for n := range 20 {
		for i := range 20 {
			if err := picture(filepath.Join(dir, fmt.Sprintf("a%02d", n), fmt.Sprintf("%02d.jpg", i)), n*20+i); err != nil {
				b.Fatal(err)
			}
		}
		fmt.Fprintf(&spec, "  a%02d: {title: Album %d, contents: [{files: a%02d/*.jpg}]}\n", n, n, n)
	}
	path := filepath.Join(dir, "albumen.yaml")
	if err := os.WriteFile(path, []byte(spec.String()), 0o644); err != nil {
		b.Fatal(err)
	}
	state := b.TempDir()
	if code, _, stderr := command(b, "apply", "--emulator", "--yes", "--state-dir", state, "-f", path); code != exitDone {
		b.Fatalf("apply exits %d: %s", code, stderr)
	}
	b.ReportAllocs()
	for b.Loop() {
		if code, stdout, stderr := command(b, "plan", "--emulator", "--state-dir", state, "-f", path); code != exitDone || !strings.HasPrefix(stdout, "nothing to do") {
			b.Fatalf("plan exits %d: %s%s", code, stdout, stderr)
		}
	}
}
