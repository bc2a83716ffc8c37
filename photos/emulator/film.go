package emulator

import (
	"encoding/binary"
	"io"
	"math"
)

// readFilm reads what a video's container says: size, frames a second and when
// it was taken. What can't be read is not known; the bytes are a video anyway.
func (f *facts) readFilm(b io.ReaderAt, size int64) {
	switch f.Type {
	case "video/mp4", "video/quicktime", "video/x-m4v", "video/3gpp", "video/3gpp2":
		f.readBoxes(&filmReader{b, maxBoxes}, box{0, size}, 0, &filmTrack{})
	case "video/x-msvideo":
		f.readAVI(b)
	}
}

// filmReader reads no more than so many boxes.
type filmReader struct {
	io.ReaderAt
	left int
}

// box is the inside of a box of an ISO base media file (ISO/IEC 14496-12).
type box struct{ from, to int64 }

// filmTrack is what the boxes of one track tell before it is known to be video.
type filmTrack struct {
	video         bool
	width, height int32
	seconds       float64
	frames        uint64
}

const (
	maxBoxes    = 10_000      // of one file; more are an attack
	maxBoxDepth = 8           // boxes in boxes
	boxTable    = 1 << 20     // bytes that are read of one table
	macEpoch    = -2082844800 // 1904-01-01 in Unix seconds
)

// readBoxes walks the boxes of one level.
func (f *facts) readBoxes(b *filmReader, in box, depth int, track *filmTrack) {
	if depth > maxBoxDepth {
		return
	}
	for ; b.left > 0; b.left-- {
		var head [16]byte
		if in.to-in.from < 8 || !readAt(b, head[:8], in.from) {
			return
		}
		length, inside := int64(binary.BigEndian.Uint32(head[:])), in.from+8
		switch {
		case length == 0:
			length = in.to - in.from
		case length == 1 && readAt(b, head[:], in.from):
			length, inside = int64(binary.BigEndian.Uint64(head[8:])), in.from+16
		}
		if length < inside-in.from || length > in.to-in.from {
			return
		}
		in.from += length
		f.readBox(b, string(head[4:8]), box{inside, in.from}, depth, track)
	}
}

// readBox reads one box, and what is in it.
func (f *facts) readBox(b *filmReader, kind string, in box, depth int, track *filmTrack) {
	switch kind {
	case "moov", "mdia", "minf", "stbl":
		f.readBoxes(b, in, depth+1, track)
	case "trak":
		own := &filmTrack{}
		f.readBoxes(b, in, depth+1, own)
		f.takeTrack(own)
	case "mvhd":
		if taken := boxTime(b, in); taken > 0 {
			f.Taken = taken
		}
	case "tkhd":
		track.readHeader(b, in)
	case "mdhd":
		track.readLength(b, in)
	case "hdlr":
		var kind [12]byte
		track.video = readAt(b, kind[:], in.from) && string(kind[8:]) == "vide"
	case "stts":
		track.readFrames(b, in)
	}
}

// takeTrack takes over what a video track tells.
func (f *facts) takeTrack(t *filmTrack) {
	if !t.video || f.Width > 0 {
		return
	}
	f.Width, f.Height = t.width, t.height
	if fps := float64(t.frames) / t.seconds; t.seconds > 0 && fps > 0 && fps < 100_000 {
		f.FPS = math.Round(fps*1000) / 1000
	}
}

// boxTime is the time at which a film was made, 0 if the box has none.
func boxTime(b io.ReaderAt, in box) int64 {
	var head [12]byte
	if !readAt(b, head[:], in.from) {
		return 0
	}
	seconds := int64(binary.BigEndian.Uint32(head[4:]))
	if head[0] == 1 {
		seconds = int64(binary.BigEndian.Uint64(head[4:]))
	}
	if seconds <= 0 || seconds > 1<<40 {
		return 0
	}
	return max(0, seconds+macEpoch)
}

// readHeader reads the size at the end of a track's header, in 16.16, turned as
// its matrix says.
func (t *filmTrack) readHeader(b io.ReaderAt, in box) {
	var tail [44]byte // a matrix of nine numbers, width and height
	if in.to-in.from < int64(len(tail)) || !readAt(b, tail[:], in.to-int64(len(tail))) {
		return
	}
	t.width = int32(binary.BigEndian.Uint32(tail[36:]) >> 16)
	t.height = int32(binary.BigEndian.Uint32(tail[40:]) >> 16)
	if a, b := binary.BigEndian.Uint32(tail[0:]), binary.BigEndian.Uint32(tail[4:]); a == 0 && b != 0 {
		t.width, t.height = t.height, t.width // a quarter turn
	}
}

// readLength reads how long a track is.
func (t *filmTrack) readLength(b io.ReaderAt, in box) {
	var head [32]byte
	if !readAt(b, head[:24], in.from) {
		return
	}
	scale, length := binary.BigEndian.Uint32(head[12:]), uint64(binary.BigEndian.Uint32(head[16:]))
	if head[0] == 1 && readAt(b, head[:], in.from) {
		scale, length = binary.BigEndian.Uint32(head[20:]), binary.BigEndian.Uint64(head[24:])
	}
	if scale > 0 {
		t.seconds = float64(length) / float64(scale)
	}
}

// readFrames counts the samples of a track.
func (t *filmTrack) readFrames(b io.ReaderAt, in box) {
	table := make([]byte, max(0, min(in.to-in.from, boxTable)))
	if len(table) < 8 || !readAt(b, table, in.from) {
		return
	}
	entries := table[8:]
	for range min(int64(binary.BigEndian.Uint32(table[4:])), int64(len(entries)/8)) {
		t.frames += uint64(binary.BigEndian.Uint32(entries))
		entries = entries[8:]
	}
}

// readAVI reads the header of an AVI file, which stands at its beginning.
func (f *facts) readAVI(b io.ReaderAt) {
	var head [72]byte
	if !readAt(b, head[:], 0) || string(head[24:28]) != "avih" {
		return
	}
	if micros := binary.LittleEndian.Uint32(head[32:]); micros > 0 {
		f.FPS = math.Round(1e9/float64(micros)) / 1000
	}
	w, h := binary.LittleEndian.Uint32(head[64:]), binary.LittleEndian.Uint32(head[68:])
	if w > 0 && h > 0 && w < 1<<16 && h < 1<<16 {
		f.Width, f.Height = int32(w), int32(h)
	}
}

func readAt(b io.ReaderAt, into []byte, at int64) bool {
	n, _ := b.ReadAt(into, at)
	return n == len(into)
}
