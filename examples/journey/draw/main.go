// Command draw paints the pictures of the example journey: landscapes and
// flowers made of seeded noise, the same bytes each time, with a capture time in
// their Exif as a camera would write it.
//
//	go run ./examples/journey/draw                     all pictures, where they belong
//	go run ./examples/journey/draw -o /tmp/p aurora    the ones with aurora in their path
package main

import (
	"bytes"
	"flag"
	"fmt"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
)

func main() {
	out := flag.String("o", "examples/journey", "the folder to write to")
	size := flag.Float64("size", 1, "how large the pictures are, compared with the committed ones")
	flag.Parse()
	if err := run(*out, *size, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "draw:", err)
		os.Exit(1)
	}
}

// run draws the pictures whose paths hold one of the words, or all.
func run(out string, size float64, words []string) error {
	for _, p := range album() {
		if !wanted(p.path, words) {
			continue
		}
		raw, err := p.jpeg(size)
		if err != nil {
			return fmt.Errorf("%s: %w", p.path, err)
		}
		name := filepath.Join(out, filepath.FromSlash(p.path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, raw, 0o644); err != nil {
			return err
		}
		fmt.Printf("%-28s %4d KB\n", p.path, (len(raw)+500)/1000)
	}
	return nil
}

func wanted(path string, words []string) bool {
	for _, w := range words {
		if strings.Contains(path, w) {
			return true
		}
	}
	return len(words) == 0
}

// jpeg is the picture's file.
func (p picture) jpeg(size float64) ([]byte, error) {
	var raw bytes.Buffer
	if err := jpeg.Encode(&raw, p.paint(size).picture(), &jpeg.Options{Quality: p.quality}); err != nil {
		return nil, err
	}
	return withExif(raw.Bytes(), p.title, p.taken), nil
}

// paint draws the picture's scene on a canvas of a size.
func (p picture) paint(size float64) *canvas {
	c := newCanvas(int(float64(p.width)*size+0.5), int(float64(p.height)*size+0.5))
	p.scene(c)
	return c
}
