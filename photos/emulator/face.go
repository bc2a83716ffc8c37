package emulator

import (
	"bytes"
	"hash/fnv"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"net/http"
	"strings"
)

// facePath is where pictures of people begin, to which clients add a size.
const facePath = "/a/"

// faceSize is the side of a picture of somebody.
const faceSize = 96

// serveFace answers the picture of a person: a square of a colour of their own.
func serveFace(w http.ResponseWriter, path string) {
	name, _, _ := strings.Cut(strings.TrimPrefix(path, facePath), "=")
	sum := fnv.New32a()
	sum.Write([]byte(name))
	tone := sum.Sum32()
	face := image.NewNRGBA(image.Rect(0, 0, faceSize, faceSize))
	draw.Draw(face, face.Bounds(), image.NewUniform(color.NRGBA{byte(tone), byte(tone >> 8), byte(tone >> 16), 255}), image.Point{}, draw.Src)
	var buf bytes.Buffer
	if err := png.Encode(&buf, face); err != nil {
		http.Error(w, "500", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Write(buf.Bytes())
}
