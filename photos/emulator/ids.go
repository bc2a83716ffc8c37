package emulator

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
)

// number counts the things of one kind in the order in which they were made.
type number = int32

// idKind tells the things apart that have ids.
type idKind byte

const (
	albumKind      idKind = 'a'
	itemKind       idKind = 'i'
	enrichmentKind idKind = 'e'
	tokenKind      idKind = 't'
	sessionKind    idKind = 's'
	shareKind      idKind = 'l'
)

// bytes is how much an id of the kind encodes: 57 bytes are the 76 characters
// of most album ids seen, 73 are the 98 of an item's.
func (k idKind) bytes() int {
	switch k {
	case albumKind:
		return 57
	case tokenKind:
		return 138
	default:
		return 73
	}
}

const (
	prefixBytes = 3                           // "ADIl" and "CAIS" in base64
	headBytes   = prefixBytes + aes.BlockSize // what a number is read back from
	headChars   = 28                          // the first characters that hold headBytes
	keyBytes    = 32
)

// ids turns numbers into opaque ids and back, so that no id needs to be kept:
// an id is the number under a block cipher, followed by more of the same chain.
type ids struct {
	key   [keyBytes]byte
	block cipher.Block
}

// newKey draws a key. A seed gives the same key for the same generation, which
// Reset counts up so that no id of the world before is valid again.
func newKey(seed int64, generation uint64) [keyBytes]byte {
	var key [keyBytes]byte
	if seed == 0 {
		rand.Read(key[:])
		return key
	}
	var b [16]byte
	binary.BigEndian.PutUint64(b[:], uint64(seed))
	binary.BigEndian.PutUint64(b[8:], generation)
	return sha256.Sum256(b[:])
}

func newIDs(key [keyBytes]byte) *ids {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // the key's length is right by its type
	}
	return &ids{key: key, block: block}
}

// text is the id of the n-th thing of a kind.
func (c *ids) text(kind idKind, n number) string {
	var raw [160]byte
	var block [aes.BlockSize]byte
	copy(raw[:], "\x00\x32\x25")
	if kind == tokenKind {
		copy(raw[:], "\x08\x02\x12")
	}
	block[0] = byte(kind)
	binary.BigEndian.PutUint32(block[1:], uint32(n))
	size := kind.bytes()
	for at := prefixBytes; at < size; at += len(block) {
		c.block.Encrypt(block[:], block[:])
		copy(raw[at:], block[:])
	}
	return base64.RawURLEncoding.EncodeToString(raw[:size])
}

// number is the way back from text; false for anything that text never gave.
func (c *ids) number(kind idKind, id string) (number, bool) {
	if len(id) != base64.RawURLEncoding.EncodedLen(kind.bytes()) {
		return 0, false
	}
	var raw [headChars]byte
	if _, err := base64.RawURLEncoding.Decode(raw[:], []byte(id[:headChars])); err != nil {
		return 0, false
	}
	var block [aes.BlockSize]byte
	c.block.Decrypt(block[:], raw[prefixBytes:headBytes])
	n := number(binary.BigEndian.Uint32(block[1:]))
	return n, n >= 0 && c.text(kind, n) == id
}

// sign is a short proof that the emulator itself said a text, for a purpose.
func (c *ids) sign(purpose, text string) string {
	mac := hmac.New(sha256.New, c.key[:])
	mac.Write([]byte(purpose))
	mac.Write([]byte{0})
	mac.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:18])
}

// signed reports whether sign gave the proof for the text.
func (c *ids) signed(purpose, text, proof string) bool {
	return hmac.Equal([]byte(c.sign(purpose, text)), []byte(proof))
}

// wellShaped reports whether an id could be one of Google's: long enough and of
// URL-safe base64. Google answers otherwise to an id that never was one than to
// one of something gone.
func wellShaped(id string) bool {
	if len(id) < 40 || len(id) > 300 {
		return false
	}
	for _, r := range []byte(id) {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
		default:
			return false
		}
	}
	return true
}
