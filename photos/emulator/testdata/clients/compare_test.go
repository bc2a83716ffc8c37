package clients

import (
	"bytes"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"albumen/photos/emulator"
)

// BenchmarkFolderIntoAnAlbum has rclone and albumen bring a folder of 120 small
// files into a new album, each call of which takes 100 ms, and reports calls and
// writes beside the time. Run it as
//
//	go test -run '^$' -bench Folder -benchtime 3x
//
// with the rclone that is to be measured first in PATH. One without batches, as
// Debian's 1.60, knows the first way only.
func BenchmarkFolderIntoAnAlbum(b *testing.B) {
	var names []string
	for i := range 120 {
		names = append(names, fmt.Sprintf("%03d.png", i))
	}
	dir := folder(b, names...)
	for _, way := range []struct{ name, flags string }{
		{"rclone", ""},
		{"rclone-batches", "--transfers=50 --gphotos-batch-size=50"},
		{"rclone-best", "--transfers=120 --gphotos-batch-size=50 --gphotos-batch-timeout=100ms"},
	} {
		b.Run(way.name, func(b *testing.B) {
			measure(b, func(b *testing.B) (*account, *exec.Cmd) {
				r := openRclone(b, slow)
				args := append([]string{"copy", dir, "gp:album/Album"}, strings.Fields(way.flags)...)
				if out, err := exec.Command(r.program, append([]string{"help", "flags"}, strings.Fields(way.flags)...)...).CombinedOutput(); err != nil {
					b.Skipf("this rclone does not know the flags: %s", out)
				}
				cmd := exec.CommandContext(b.Context(), r.program, append([]string{"--config", r.config}, args...)...)
				cmd.Env = r.env
				return r.account, cmd
			})
		})
	}
	program := filepath.Join(b.TempDir(), "albumen")
	if out, err := exec.Command("go", "build", "-C", "../../../..", "-o", program, "./cmd/albumen").CombinedOutput(); err != nil {
		b.Fatalf("build albumen: %v\n%s", err, out)
	}
	for _, way := range []struct{ name, flag string }{{"albumen", "--yes"}, {"albumen-uploads-50", "--uploads=50"}} {
		b.Run(way.name, func(b *testing.B) {
			measure(b, func(b *testing.B) (*account, *exec.Cmd) { return albumen(b, program, dir, way.flag) })
		})
	}
}

// slow is an account that answers as slowly as one far away. Neither the minute
// nor other writes limit it, so that what is measured is the client.
var slow = emulator.Options{Latency: 100 * time.Millisecond, ConcurrentWrites: -1}

// albumen is albumen before it applies a spec of one album with a new account.
func albumen(b *testing.B, program, dir, flag string) (*account, *exec.Cmd) {
	a := open(b, slow)
	home := b.TempDir()
	write(b, filepath.Join(home, "ca.pem"), a.pem)
	write(b, filepath.Join(home, "albumen.yaml"), []byte(fmt.Sprintf(
		"version: 1\nroots: {dir: %s}\nalbums: {album: {title: Album, contents: [{files: \"dir:*.png\"}]}}\n", dir)))
	cmd := exec.CommandContext(b.Context(), program, "apply", "--yes", flag,
		"-f", filepath.Join(home, "albumen.yaml"), "--state-dir", filepath.Join(home, "state"), "--endpoint", "https://"+a.address)
	cmd.Env = []string{"HOME=" + home, "ALBUMEN_TOKEN=" + anyToken, "SSL_CERT_FILE=" + filepath.Join(home, "ca.pem")}
	return a, cmd
}

// measure runs commands, each against its own account, and reports what they
// cost.
func measure(b *testing.B, prepare func(*testing.B) (*account, *exec.Cmd)) {
	var total, writes int
	for b.Loop() {
		b.StopTimer()
		a, cmd := prepare(b)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		b.StartTimer()
		err := cmd.Run()
		b.StopTimer()
		if err != nil {
			b.Fatalf("%v\n%s", err, out.String())
		}
		if n := len(a.members(b, "Album")); n != 120 {
			b.Fatalf("the album has %d items\n%s", n, out.String())
		}
		for method, n := range a.Stats() {
			total += n
			if strings.HasSuffix(method, ".create") || strings.HasSuffix(method, ".batchCreate") {
				writes += n
			}
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(total)/float64(b.N), "calls/op")
	b.ReportMetric(float64(writes)/float64(b.N), "writes/op")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/op")
	b.ReportMetric(0, "ns/op")
}
