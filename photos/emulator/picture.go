package emulator

import (
	"bytes"
	"container/list"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/image/draw"
)

const (
	signedPath  = "/lh3/"      // pictures at baseUrl, for an hour
	picturePath = "/pictures/" // pictures of the pages, by id
)

const (
	baseURLLife = time.Hour // about, says Google's guide to accessing items
	maxPixels   = 100_000_000
	cacheBytes  = 32 << 20
	maxSide     = 16383 // as Google documents for w and h
)

// baseURL is the address of an item's bytes for the next hour. It needs a suffix
// that says in which size.
func (e *Emulator) baseURLAt(base, id string, now time.Time) string {
	until := strconv.FormatInt(now.Add(baseURLLife).Unix(), 36)
	return base + signedPath + id + "." + until + "." + e.world.ids.sign("baseUrl", id+"."+until)
}

func (c *call) baseURL(id string) string { return c.baseURLAt(c.base, id, c.now) }

// servePicture answers baseUrl and the pictures of the pages.
func (e *Emulator) servePicture(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	name, ok := strings.CutPrefix(r.URL.Path, signedPath)
	if !ok {
		name = strings.TrimPrefix(r.URL.Path, picturePath)
	}
	id, suffix, found := strings.Cut(name, "=")
	size, known := parseSize(suffix)
	it := e.pictureItem(id, ok)
	switch {
	case it == nil || !found || !known:
		// Google's picture server forbids what is expired, forged or without a size.
		http.Error(w, "403 Forbidden", http.StatusForbidden)
	case ok && !e.mediaAllowed(w):
	case size.video && (!it.video() || it.videoStatus(e.opts.Now(), e.Choices()) != videoReady):
		// A download before READY may fail, says the discovery document; a photograph
		// has no film.
		http.Error(w, "404 Not Found", http.StatusNotFound)
	case size.original || size.video:
		e.serveOriginal(w, r, it)
	default:
		e.serveScaled(w, r, it, size)
	}
}

// pictureItem is a copy of the live item of an address, nil if it is not valid.
func (e *Emulator) pictureItem(name string, signed bool) *item {
	e.mu.RLock()
	defer e.mu.RUnlock()
	id := name
	if signed {
		parts := strings.Split(name, ".")
		if len(parts) != 3 || !e.world.ids.signed("baseUrl", parts[0]+"."+parts[1], parts[2]) {
			return nil
		}
		until, err := strconv.ParseInt(parts[1], 36, 64)
		if err != nil || e.opts.Now().Unix() >= until {
			return nil
		}
		id = parts[0]
	}
	n, it, gone := e.world.item(id)
	if gone && !signed {
		it = e.world.items[n] // the page of the trash shows it
	}
	if it != nil {
		clone := *it
		return &clone
	}
	return nil
}

// pictureSize is what the suffix of a baseUrl asks for.
type pictureSize struct {
	width, height   int  // 0 = whatever fits
	crop, plain     bool // plain is without a play sign
	original, video bool
}

// parseSize reads a suffix: w400, h300, w400-h300, w400-h300-c, d, dv, and -no,
// which takes the play sign off a video's picture.
func parseSize(suffix string) (pictureSize, bool) {
	var s pictureSize
	if suffix == "" {
		return s, false
	}
	for part := range strings.SplitSeq(suffix, "-") {
		switch {
		case part == "d":
			s.original = true
		case part == "dv":
			s.video = true
		case part == "c":
			s.crop = true
		case part == "no":
			s.plain = true
		case len(part) > 1 && (part[0] == 'w' || part[0] == 'h'):
			n, err := strconv.Atoi(part[1:])
			if err != nil || n < 1 || n > maxSide {
				return s, false
			}
			if part[0] == 'w' {
				s.width = n
			} else {
				s.height = n
			}
		default:
			return s, false
		}
	}
	return s, s.original || s.video || s.width > 0 || s.height > 0
}

// serveOriginal sends the bytes as they were uploaded, but for the place.
func (e *Emulator) serveOriginal(w http.ResponseWriter, r *http.Request, it *item) {
	b, err := e.store.blobs.open(it.Digest)
	if err != nil {
		http.Error(w, "404 Not Found", http.StatusNotFound)
		return
	}
	defer b.Close()
	pictureHeaders(w, it.Type)
	w.Header().Set("Content-Disposition", contentDisposition(it.Name))
	http.ServeContent(w, r, "", time.Unix(it.Uploaded, 0), withoutPlace(b, it))
}

// contentDisposition names the file in the way of RFC 6266.
func contentDisposition(name string) string {
	var b strings.Builder
	b.WriteString("inline; filename*=UTF-8''")
	for _, c := range []byte(name) {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '.' || c == '-' || c == '_' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func pictureHeaders(w http.ResponseWriter, kind string) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "private, max-age=3600")
}

// serveScaled sends a small JPEG of the picture.
func (e *Emulator) serveScaled(w http.ResponseWriter, r *http.Request, it *item, size pictureSize) {
	picture, err := e.shop.scaled(it, size)
	if err != nil {
		http.Error(w, "500 "+err.Error(), http.StatusInternalServerError)
		return
	}
	pictureHeaders(w, "image/jpeg")
	w.Header().Set("ETag", fmt.Sprintf(`"%s-%v"`, it.Digest, size))
	http.ServeContent(w, r, "", time.Unix(it.Uploaded, 0), bytes.NewReader(picture))
}

// pictures makes scaled pictures and remembers the latest ones.
type pictures struct {
	blobs blobs
	turn  chan struct{} // whoever decodes holds one; a large picture is 400 MB

	mu    sync.Mutex
	known map[pictureKey]*list.Element
	order list.List // of *kept, the latest used first
	bytes int
}

type pictureKey struct {
	digest digest
	size   pictureSize
}

type kept struct {
	key  pictureKey
	jpeg []byte
}

func newPictures(b blobs) *pictures {
	return &pictures{blobs: b, turn: make(chan struct{}, 1), known: map[pictureKey]*list.Element{}}
}

// forget drops all pictures.
func (p *pictures) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.known)
	p.order.Init()
	p.bytes = 0
}

func (p *pictures) recall(key pictureKey) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e := p.known[key]; e != nil {
		p.order.MoveToFront(e)
		return e.Value.(*kept).jpeg
	}
	return nil
}

func (p *pictures) remember(key pictureKey, jpeg []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known[key] != nil {
		return
	}
	p.known[key] = p.order.PushFront(&kept{key, jpeg})
	for p.bytes += len(jpeg); p.bytes > cacheBytes; {
		last := p.order.Back()
		old := p.order.Remove(last).(*kept)
		delete(p.known, old.key)
		p.bytes -= len(old.jpeg)
	}
}

// scaled is the picture in a size, as JPEG. What can't be decoded here gets a
// grey picture in its place.
func (p *pictures) scaled(it *item, size pictureSize) ([]byte, error) {
	key := pictureKey{it.Digest, size}
	if known := p.recall(key); known != nil {
		return known, nil
	}
	p.turn <- struct{}{}
	defer func() { <-p.turn }()
	if known := p.recall(key); known != nil {
		return known, nil
	}
	whole, err := p.decode(it)
	if err != nil {
		whole = placeholder(it, !size.plain)
	} else {
		whole = upright(whole, size, it.Turn)
	}
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, size.fit(whole), &jpeg.Options{Quality: 85}); err != nil {
		return nil, fmt.Errorf("encode a picture: %w", err)
	}
	p.remember(key, buf.Bytes())
	return buf.Bytes(), nil
}

var errTooLarge = errors.New("the picture is too large to be decoded")

func (p *pictures) decode(it *item) (picture image.Image, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("decode a picture: %v", r)
		}
	}()
	if int64(it.Width)*int64(it.Height) > maxPixels {
		return nil, errTooLarge
	}
	b, err := p.blobs.open(it.Digest)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	// The size is asked of the bytes again: a TIFF without one in its facts is none
	// that can be decoded anyway, and nothing else may be trusted about memory.
	c, _, err := image.DecodeConfig(b)
	if err != nil {
		return nil, err
	}
	if c.Width <= 0 || c.Height <= 0 || int64(c.Width)*int64(c.Height) > maxPixels {
		return nil, errTooLarge
	}
	if _, err := b.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	picture, _, err = image.Decode(b)
	return picture, err
}

// fit scales a picture down so that it fits inside, or crops it to the exact
// size; it never grows.
func (s pictureSize) fit(whole image.Image) image.Image {
	from := whole.Bounds()
	w, h := from.Dx(), from.Dy()
	if s.crop && s.width > 0 && s.height > 0 {
		from = cropTo(from, s.width, s.height)
		w, h = from.Dx(), from.Dy()
	}
	scale := 1.0
	if s.width > 0 {
		scale = min(scale, float64(s.width)/float64(w))
	}
	if s.height > 0 {
		scale = min(scale, float64(s.height)/float64(h))
	}
	to := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(w)*scale+0.5)), max(1, int(float64(h)*scale+0.5))))
	draw.Draw(to, to.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(to, to.Bounds(), whole, from, draw.Over, nil)
	return to
}

// cropTo is the middle of a picture in the shape of w to h.
func cropTo(b image.Rectangle, w, h int) image.Rectangle {
	if cut := b.Dx() - b.Dy()*w/h; cut > 0 {
		return image.Rect(b.Min.X+cut/2, b.Min.Y, b.Min.X+cut/2+max(1, b.Dy()*w/h), b.Max.Y)
	}
	height := max(1, b.Dx()*h/w)
	top := b.Min.Y + (b.Dy()-height)/2
	return image.Rect(b.Min.X, top, b.Max.X, top+height)
}

// upright turns a picture as its orientation says. A large one is first scaled
// to what is asked for, so that turning costs little.
func upright(whole image.Image, size pictureSize, turn uint8) image.Image {
	if turn < 2 || turn > 8 {
		return whole
	}
	side := max(size.width, size.height)
	if !size.crop && side > 0 {
		whole = pictureSize{width: 2 * side, height: 2 * side}.fit(whole)
	}
	b := whole.Bounds()
	w, h := b.Dx(), b.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if turn >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			tx, ty := turned(turn, x, y, w, h)
			out.Set(tx, ty, whole.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return out
}

// turned is where a pixel goes; the numbers are EXIF's.
func turned(turn uint8, x, y, w, h int) (int, int) {
	switch turn {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	default:
		return y, w - 1 - x
	}
}

// placeholder stands for what can't be decoded here; a video may have a play sign.
func placeholder(it *item, sign bool) image.Image {
	w, h := 640, 480
	if it.Width > 0 && it.Height > 0 && it.Width < 10*it.Height && it.Height < 10*it.Width {
		h = 640 * int(it.Height) / int(it.Width)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.RGBA{0x5f, 0x63, 0x68, 0xff}), image.Point{}, draw.Src)
	if !it.video() || !sign {
		return out
	}
	r := min(w, h) / 6
	for y := -r; y <= r; y++ {
		for x := -r; x <= r; x++ {
			if 2*max(y, -y) <= r-x {
				out.Set(w/2+x, h/2+y, color.White)
			}
		}
	}
	return out
}
