package spec

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
)

// generation hashes what is desired: the same wish has the same generation,
// whatever the layout of the spec's files and the times of the pictures.
func generation(d *Desired) string {
	c := canon{hash: sha256.New()}
	c.text("albumen 1", d.Account)
	c.number(d.Safety.MaxRemovals, d.Safety.MaxRemovalPercent, len(d.Albums))
	for i := range d.Albums {
		a := &d.Albums[i]
		c.text(string(a.Key), a.Title, string(a.Membership), string(a.OnRemove), a.Adopt.ID, a.Adopt.Title, a.Cover.Item)
		c.digest(a.Cover.Digest)
		c.flag(a.ManagesContents, a.Adopt.Off, a.Paused)
		c.number(len(a.Unavailable), len(a.Previously))
		for _, k := range a.Previously {
			c.text(string(k))
		}
		c.number(len(a.Members))
		for j := range a.Members {
			m := &a.Members[j]
			c.digest(m.Digest)
			c.text(m.Item, m.Name, m.Refused)
		}
		c.sharing(a.Share)
	}
	c.joined(d.Joined)
	return c.sum()
}

// canon writes fields to a hash so that no two lists of them look alike: each
// text has its length before it.
type canon struct {
	hash hash.Hash
	buf  []byte
}

// canonBuffer is how much is collected for one call of the hash.
const canonBuffer = 32 << 10

func (c *canon) wrote() {
	if len(c.buf) >= canonBuffer {
		c.hash.Write(c.buf)
		c.buf = c.buf[:0]
	}
}

func (c *canon) text(fields ...string) {
	for _, f := range fields {
		c.buf = binary.AppendUvarint(c.buf, uint64(len(f)))
		c.buf = append(c.buf, f...)
	}
	c.wrote()
}

func (c *canon) number(ns ...int) {
	for _, n := range ns {
		c.buf = binary.AppendVarint(c.buf, int64(n))
	}
	c.wrote()
}

func (c *canon) flag(flags ...bool) {
	for _, f := range flags {
		b := byte(0)
		if f {
			b = 1
		}
		c.buf = append(c.buf, b)
	}
}

func (c *canon) digest(d Digest) { c.buf = append(c.buf, d[:]...) }

func (c *canon) sum() string {
	c.hash.Write(c.buf)
	return hex.EncodeToString(c.hash.Sum(nil))
}
