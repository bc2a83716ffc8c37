package reconcile

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"albumen/photos"
	"albumen/reconcile/plan"
	"albumen/spec"
	"albumen/state"
)

// memory is what albumen remembers of an account, twice: as plan.Recorded, which
// decisions are made from, and in the state, which survives. Every change goes
// into both, the state first, so that a failure leaves them the same. Where the
// state may not be changed (another process applies) only the first is kept.
type memory struct {
	account  *state.Account
	writable bool
	rec      plan.Recorded
	digests  map[photos.ItemID]spec.Digest   // the bytes of items that albumen uploaded
	live     map[photos.AlbumID]photos.Album // as the last sweep saw them
	suspects map[wanted]int                  // how often a call with an item failed inside Google
}

// recall loads the memory.
func recall(ctx context.Context, account *state.Account, writable bool) (*memory, error) {
	v, err := account.View(ctx)
	if err != nil {
		return nil, &MemoryError{err}
	}
	m := &memory{
		account: account, writable: writable,
		digests: make(map[photos.ItemID]spec.Digest, len(v.Media)), suspects: map[wanted]int{},
		rec: plan.Recorded{
			Albums:   make(map[spec.Key]*plan.Bound, len(v.Albums)),
			Items:    make(map[spec.Digest]photos.ItemID, len(v.Media)),
			Refused:  map[photos.ItemID]string{},
			Uploaded: map[spec.Digest]bool{},
			Reads:    map[photos.AlbumID]*plan.Bound{},

			Descriptions: map[photos.ItemID]string{},
		},
	}
	for _, a := range v.Albums {
		m.rec.Albums[spec.Key(a.Key)] = bound(a, v.Members[a.Key])
	}
	for _, r := range v.Removed {
		if b := m.rec.Albums[spec.Key(r.Key)]; b != nil {
			if b.Lost == nil {
				b.Lost = map[photos.ItemID]plan.Lost{}
			}
			b.Lost[photos.ItemID(r.ItemID)] = plan.Lost{Digest: r.Digest, By: plan.Loss(r.By)}
		}
	}
	for _, media := range v.Media {
		m.knowItem(media)
	}
	uploads, err := account.UploadTokens(ctx, nil)
	if err != nil {
		return nil, &MemoryError{err}
	}
	descriptions, err := account.Descriptions(ctx)
	if err != nil {
		return nil, &MemoryError{err}
	}
	for id, text := range descriptions {
		m.rec.Descriptions[photos.ItemID(id)] = text
	}
	for d := range uploads {
		m.rec.Uploaded[d] = true
	}
	if err := m.recallSharing(ctx, v); err != nil {
		return nil, err
	}
	if err := m.recallWork(v); err != nil {
		return nil, err
	}
	return m, m.recallEnrichments(v)
}

func (m *memory) knowItem(media state.Media) {
	item := photos.ItemID(media.ItemID)
	m.rec.Items[media.Digest] = item
	m.digests[item] = media.Digest
	if media.Refused != "" {
		m.rec.Refused[item] = media.Refused
	}
}

func (m *memory) recallWork(v state.View) error {
	for _, i := range v.Intents {
		wish, err := WishOf(i)
		if err != nil {
			return err
		}
		m.rec.Doubts = append(m.rec.Doubts, plan.Doubt{ID: i.ID, Wish: wish, OpenedAt: i.OpenedAt})
	}
	for _, q := range v.Quarantine {
		if q.Reason == Suspect {
			m.suspects[wanted{key: spec.Key(q.Key), digest: q.Digest, item: photos.ItemID(q.ItemID)}] = q.Tries
			continue
		}
		kind := plan.Kind("")
		if q.Reason == string(plan.PatchItem) {
			kind = plan.PatchItem
		}
		m.rec.Quarantine = append(m.rec.Quarantine, plan.Quarantined{
			Kind: kind,
			Key:  spec.Key(q.Key), Digest: q.Digest, Item: photos.ItemID(q.ItemID), Label: q.Label,
			Message: q.Message, Since: q.Since, Generation: q.Generation,
		})
	}
	return nil
}

// WishOf is what an open intent was about.
func WishOf(i state.Intent) (plan.Wish, error) {
	var w plan.Wish
	err := json.Unmarshal(i.Payload, &w)
	return w, remembering("the open write "+i.ID, spec.Key(i.Key), err)
}

// bound and its inverse row turn the state's rows into plan's nouns.
func bound(a state.Album, members []state.Member) *plan.Bound {
	b := &plan.Bound{
		Key: spec.Key(a.Key), ID: photos.AlbumID(a.ID), Title: a.Title, URL: a.ProductURL, Cover: photos.ItemID(a.CoverItem),
		OnRemove: spec.OnRemove(a.OnRemove), CreatedAt: a.CreatedAt, ReadAt: a.ReadAt, Gone: !a.GoneAt.IsZero(),
		Known: make([]plan.Known, len(members)),
	}
	for i, k := range members {
		b.Known[i] = plan.Known{Item: photos.ItemID(k.ItemID), Digest: k.Digest, Label: k.Path, FileName: k.FileName, Ours: k.Ours}
	}
	return b
}

func row(b *plan.Bound, goneAt time.Time) state.Album {
	return state.Album{
		Key: string(b.Key), ID: string(b.ID), Title: b.Title, ProductURL: b.URL, CoverItem: string(b.Cover),
		OnRemove: string(b.OnRemove), CreatedAt: b.CreatedAt, ReadAt: b.ReadAt, GoneAt: goneAt,
	}
}

func rows(known []plan.Known) []state.Member {
	out := make([]state.Member, len(known))
	for i, k := range known {
		out[i] = state.Member{ItemID: string(k.Item), Digest: k.Digest, Path: k.Label, FileName: k.FileName, Ours: k.Ours}
	}
	return out
}

// record stores effects where that is allowed. It goes on when the user
// interrupts: what was learned or done must not be forgotten.
func (m *memory) record(ctx context.Context, what string, key spec.Key, e state.Effects) error {
	if !m.writable {
		return nil
	}
	return remembering(what, key, m.account.Record(context.WithoutCancel(ctx), e))
}

// agree takes over the titles, addresses and policies on which the account and
// the spec agree, so that the next look knows them.
func (m *memory) agree(ctx context.Context, desired *spec.Desired) error {
	var e state.Effects
	for i := range desired.Albums {
		d := &desired.Albums[i]
		b := m.rec.Albums[d.Key]
		if b == nil || b.Gone {
			continue
		}
		next := *b
		next.OnRemove = d.OnRemove
		if live, ok := m.live[b.ID]; ok {
			next.URL = live.ProductURL
			if live.Title == d.Title {
				next.Title = live.Title
			}
		}
		if told := plan.Told(d, &m.rec, b); told != nil {
			e.Enrich = append(e.Enrich, enrich(d.Key, b.Enrichments, told, time.Now())...)
			b.Enrichments = told
		}
		if next.OnRemove != b.OnRemove || next.URL != b.URL || next.Title != b.Title {
			b.OnRemove, b.URL, b.Title = next.OnRemove, next.URL, next.Title
			e.Bind = append(e.Bind, row(b, time.Time{}))
		}
	}
	return m.record(ctx, "the titles", "", e)
}

// bound is what is known of an album before it is read: of one that is about to
// be adopted, nothing.
func (m *memory) bound(read plan.Read) plan.Bound {
	if b := m.rec.Albums[read.Key]; b != nil && b.ID == read.Album {
		return *b
	}
	for _, b := range m.rec.Albums {
		if b.ID == read.Album {
			return *b
		}
	}
	return plan.Bound{Key: read.Key, ID: read.Album}
}

// absorbed takes in a read.
func (m *memory) absorbed(ctx context.Context, read plan.Read, after plan.Bound, missing []photos.ItemID) error {
	recorded := m.rec.Albums[after.Key]
	if recorded == nil || recorded.ID != after.ID {
		m.rec.Reads[read.Album] = &after
		return nil
	}
	e := state.Effects{Bind: []state.Album{row(&after, time.Time{})}}
	e.Members = []state.MembersRead{{Key: string(after.Key), Members: rows(after.Known), ReadAt: after.ReadAt}}
	for _, item := range missing {
		e.Remove = append(e.Remove, state.Remove{Key: string(after.Key), Items: []string{string(item)}, By: string(after.Lost[item].By), At: after.ReadAt})
	}
	e.Enrich = enrich(after.Key, recorded.Enrichments, after.Enrichments, after.ReadAt)
	m.rec.Albums[after.Key] = &after
	return m.record(ctx, "the contents", after.Key, e)
}

// stale marks an album that could not be read in this pass.
func (m *memory) stale(read plan.Read, err error) {
	for _, b := range m.rec.Albums {
		if b.ID == read.Album {
			b.Stale = err.Error()
		}
	}
	if m.rec.Reads[read.Album] == nil && m.rec.Albums[read.Key] == nil {
		m.rec.Reads[read.Album] = &plan.Bound{Key: read.Key, ID: read.Album, Stale: err.Error()}
	}
}

// gone remembers that somebody deleted an album.
func (m *memory) gone(ctx context.Context, key spec.Key, at time.Time) error {
	b := m.rec.Albums[key]
	if b == nil {
		return nil
	}
	b.Gone = true
	return m.record(ctx, "that the album is gone", key, state.Effects{Bind: []state.Album{row(b, at)}})
}

// back takes an album for alive again that the list shows after all.
func (m *memory) back(ctx context.Context) error {
	for key, b := range m.rec.Albums {
		if _, live := m.live[b.ID]; !b.Gone || !live {
			continue
		}
		b.Gone, b.ReadAt = false, time.Time{}
		if err := m.record(ctx, "that the album is back", key, state.Effects{Bind: []state.Album{row(b, time.Time{})}}); err != nil {
			return err
		}
	}
	return nil
}

// doubtContents makes the next look read an album again.
func (m *memory) doubtContents(ctx context.Context, key spec.Key) {
	b := m.rec.Albums[key]
	b.ReadAt = time.Time{}
	// A failure is seen again at the next write.
	_ = m.record(ctx, "that it must be read", key, state.Effects{Bind: []state.Album{row(b, time.Time{})}})
}

// bind takes over the bindings of a plan.
func (m *memory) bind(ctx context.Context, bindings []plan.Binding) error {
	for _, b := range bindings {
		if b.From != "" {
			moved := m.rec.Albums[b.From]
			if err := m.record(ctx, "the new key", b.Key, state.Effects{Rebind: []state.Rebind{{From: string(b.From), To: string(b.Key)}}}); err != nil {
				return err
			}
			delete(m.rec.Albums, b.From)
			moved.Key = b.Key
			m.rec.Albums[b.Key] = moved
			continue
		}
		adopted := m.rec.Reads[b.Album]
		if adopted == nil {
			adopted = &plan.Bound{ID: b.Album}
		}
		adopted.Key, adopted.Title, adopted.URL = b.Key, b.Title, m.live[b.Album].ProductURL
		e := state.Effects{
			Bind:    []state.Album{row(adopted, time.Time{})},
			Members: []state.MembersRead{{Key: string(b.Key), Members: rows(adopted.Known), ReadAt: adopted.ReadAt}},
		}
		if err := m.record(ctx, "the adoption", b.Key, e); err != nil {
			return err
		}
		m.rec.Albums[b.Key] = adopted
	}
	return nil
}

// rename takes over the new names of files.
func (m *memory) rename(ctx context.Context, renames []plan.Rename) error {
	var e state.Effects
	for _, r := range renames {
		e.Paths = append(e.Paths, state.PathChange{Key: string(r.Key), ItemID: string(r.Item), Path: r.To})
		for i := range m.rec.Albums[r.Key].Known {
			if k := &m.rec.Albums[r.Key].Known[i]; k.Item == r.Item {
				k.Label = r.To
			}
		}
	}
	return m.record(ctx, "the files' new names", "", e)
}

// doubtful reports whether a write of an album is in doubt that others wait for.
func (m *memory) doubtful(key spec.Key) bool {
	return slices.ContainsFunc(m.rec.Doubts, func(d plan.Doubt) bool { return d.Wish.Key == key && !d.Wish.Held() })
}

// twins are the live albums of a title: none of them is the outcome of creating
// another.
func (m *memory) twins(title string) []string {
	var ids []string
	for id, a := range m.live {
		if a.Title == title {
			ids = append(ids, string(id))
		}
	}
	for _, b := range m.rec.Albums {
		if b.Title == title {
			ids = append(ids, string(b.ID))
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// token is the live upload token of some bytes.
func (m *memory) token(ctx context.Context, d spec.Digest) (photos.UploadToken, error) {
	found, err := m.account.UploadTokens(ctx, []state.Digest{d})
	if err != nil && ctx.Err() == nil {
		err = &MemoryError{err}
	}
	return photos.UploadToken(found[d].Token), err
}

// session is the upload of some bytes that was begun and has not ended; the zero
// value says that none was.
func (m *memory) session(ctx context.Context, member *spec.Member) (photos.Session, error) {
	s, err := m.account.Session(ctx, member.Digest)
	if err != nil && ctx.Err() == nil {
		err = &MemoryError{err}
	}
	if err != nil || s.URL == "" {
		return photos.Session{}, err
	}
	return photos.Session{URL: photos.SessionURL(s.URL), Size: member.Size, Granularity: s.Granularity, Created: s.CreatedAt}, nil
}

// keepSession remembers where an upload goes on, should this process die.
func (m *memory) keepSession(ctx context.Context, member *spec.Member, s photos.Session) error {
	err := m.account.PutSession(context.WithoutCancel(ctx), state.Session{
		Digest: member.Digest, URL: string(s.URL), Granularity: s.Granularity, CreatedAt: s.Created,
	})
	if err != nil {
		return &MemoryError{err}
	}
	return nil
}

// uploaded remembers that bytes have arrived.
func (m *memory) uploaded(ctx context.Context, member *spec.Member, token photos.UploadToken) error {
	err := m.account.PutUpload(context.WithoutCancel(ctx), state.Upload{Digest: member.Digest, Token: string(token), Size: member.Size, CreatedAt: time.Now()})
	if err != nil {
		return &MemoryError{err}
	}
	return nil
}
