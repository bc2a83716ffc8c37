package emulator

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// The journal is a text of lines. The first one names the format and holds the
// key of the world's ids:
//
//	{"journal":"emulated photos","version":1,"generation":0,"key":"…"}
//
// Each line after it is the list of changes that one call made:
//
//	[{"op":"album","title":"Iceland","at":1717200000}]
//
// A line is written by one write(2) before the call is answered, so that the
// death of the process loses nothing that was answered. It may tear the last
// line, which therefore counts only with its line feed.
type journal struct {
	path       string
	file       *os.File
	size       int64
	generation uint64
	compacted  bool  // when it was opened
	broken     error // why nothing can be written any more
}

const (
	journalName    = "emulated photos"
	journalVersion = 1
)

// journalHead is the first line.
type journalHead struct {
	Journal    string `json:"journal"`
	Version    int    `json:"version"`
	Generation uint64 `json:"generation"`
	Key        []byte `json:"key"`
}

// DamageError says that the journal of an account can't be read. Nothing was
// changed.
type DamageError struct {
	File string
	Line int // from 1
	Err  error
}

// Error says where the damage is, and how to go on.
func (e *DamageError) Error() string {
	return fmt.Sprintf("%s:%d: the journal of the emulated account is damaged: %v; move %[1]s away to begin with an empty account, or put an earlier copy in its place",
		e.File, e.Line, e.Err)
}

// Unwrap is what reading the line said.
func (e *DamageError) Unwrap() error { return e.Err }

// replay is what reading a journal tells.
type replay struct {
	world      *world
	generation uint64
	changes    int
	size       int64 // of the lines that count
}

// readJournal builds the world that a journal tells of. It never changes the
// file, whatever it finds.
func readJournal(r io.Reader, name string) (replay, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	var out replay
	for line := 1; ; line++ {
		text, err := in.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return replay{}, fmt.Errorf("read %s: %w", name, err)
		}
		if err != nil {
			break // the end, or a torn line
		}
		if line == 1 {
			err = out.begin(text)
		} else {
			err = out.line(text)
		}
		if err != nil {
			return replay{}, &DamageError{File: name, Line: line, Err: err}
		}
		out.size += int64(len(text))
	}
	if out.world == nil {
		return replay{}, &DamageError{File: name, Line: 1, Err: errors.New("it has no first line")}
	}
	out.world.sort()
	return out, nil
}

func (p *replay) begin(text []byte) error {
	var head journalHead
	if err := json.Unmarshal(text, &head); err != nil {
		return err
	}
	if head.Journal != journalName || len(head.Key) != keyBytes {
		return errors.New("this is no journal of an emulated account")
	}
	if head.Version != journalVersion {
		return fmt.Errorf("its version is %d and only %d is known here", head.Version, journalVersion)
	}
	p.world = newWorld([keyBytes]byte(head.Key))
	p.world.unsorted = true
	p.generation = head.Generation
	return nil
}

func (p *replay) line(text []byte) error {
	var changes []change
	if err := json.Unmarshal(text, &changes); err != nil {
		return err
	}
	for _, c := range changes {
		if err := p.world.apply(c); err != nil {
			return err
		}
	}
	p.changes += len(changes)
	return nil
}

// openJournal reads a journal and makes it ready for more. One that tells much
// more than the world holds is written anew.
func openJournal(path string, seed int64) (*world, *journal, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		world := newWorld(newKey(seed, 0))
		j, err := rewriteJournal(path, world, 0)
		return world, j, err
	}
	if err != nil {
		return nil, nil, fmt.Errorf("open the journal of the emulated account: %w", err)
	}
	read, err := readJournal(file, path)
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	if read.changes > 2*read.world.changes()+1000 {
		file.Close()
		j, err := rewriteJournal(path, read.world, read.generation)
		return read.world, j, err
	}
	if err := file.Truncate(read.size); err != nil {
		file.Close()
		return nil, nil, fmt.Errorf("cut the torn end off the journal: %w", err)
	}
	return read.world, &journal{path: path, file: file, size: read.size, generation: read.generation}, nil
}

// append writes one line. Where only a part of it went to the disk, it is taken
// back, so that the next line does not continue it.
func (j *journal) append(changes []change, sync bool) error {
	if j.broken != nil {
		return j.broken
	}
	var line bytes.Buffer
	if err := encodeLine(&line, changes); err != nil {
		return err
	}
	n, err := j.file.WriteAt(line.Bytes(), j.size)
	if err == nil && sync {
		err = j.file.Sync()
	}
	if err == nil {
		j.size += int64(n)
		return nil
	}
	if undo := j.file.Truncate(j.size); undo != nil {
		j.broken = fmt.Errorf("the journal has a torn line that can't be taken back: %w", undo)
	}
	return err
}

func encodeLine(to *bytes.Buffer, value any) error {
	enc := json.NewEncoder(to)
	enc.SetEscapeHTML(false)
	return enc.Encode(value)
}

// changesPerLine bounds the changes on one line of a fresh journal.
const changesPerLine = 100

// rewriteJournal puts the shortest journal of a world in the place of the one
// there is.
func rewriteJournal(path string, w *world, generation uint64) (*journal, error) {
	temp := path + ".new"
	file, err := os.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("write a fresh journal: %w", err)
	}
	size, err := writeJournal(file, w, generation)
	if err == nil {
		err = file.Sync()
	}
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		file.Close()
		os.Remove(temp)
		return nil, fmt.Errorf("write a fresh journal: %w", err)
	}
	return &journal{path: path, file: file, size: size, generation: generation, compacted: true}, nil
}

func writeJournal(to io.Writer, w *world, generation uint64) (size int64, err error) {
	head := journalHead{Journal: journalName, Version: journalVersion, Generation: generation, Key: w.ids.key[:]}
	var line bytes.Buffer
	if err := encodeLine(&line, head); err != nil {
		return 0, err
	}
	changes := w.snapshot()
	for {
		n, err := to.Write(line.Bytes())
		size += int64(n)
		if err != nil || len(changes) == 0 {
			return size, err
		}
		line.Reset()
		batch := changes[:min(changesPerLine, len(changes))]
		changes = changes[len(batch):]
		if err := encodeLine(&line, batch); err != nil {
			return size, err
		}
	}
}

// changes is about how many snapshot needs.
func (w *world) changes() int {
	return len(w.items) + len(w.enrichments) + len(w.albums) + len(w.uploads) + len(w.sessions) + 3*len(w.shares) + 2
}

// snapshot is the shortest list of changes that makes the world from nothing.
func (w *world) snapshot() []change {
	out := make([]change, 0, w.changes())
	if w.ahead > 0 {
		out = append(out, change{Op: opClock, At: w.ahead})
	}
	for n, it := range w.items {
		out = append(out, change{Op: opItem, Number: number(n), Item: it})
	}
	for n := range w.enrichments {
		out = append(out, change{Op: opEnrichment, Number: number(n), Enrichment: &w.enrichments[n]})
	}
	for n, a := range w.albums {
		c := change{Op: opAlbum, Number: number(n), Title: a.Title, At: a.Created, Deleted: a.Deleted, Contents: a.contents, maker: a.maker}
		if a.Cover >= 0 {
			c.Cover = &a.Cover
		}
		out = append(out, c)
	}
	out = append(out, w.shareChanges()...)
	for n := w.oldUpload; n < w.nextUpload; n++ {
		if up := w.uploads[n]; up != nil {
			out = append(out, change{Op: opUpload, Number: n, Upload: up})
		}
	}
	if w.nextUpload > 0 {
		out = append(out, change{Op: opExpire, Number: w.oldUpload})
	}
	for n := w.oldSession; n < w.nextSession; n++ {
		if s := w.sessions[n]; s != nil {
			out = append(out, change{Op: opSession, Number: n, Session: s})
		}
	}
	if w.nextSession > 0 {
		out = append(out, change{Op: opForget, Number: w.oldSession})
	}
	return out
}
