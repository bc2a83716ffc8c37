package reconcile_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"albumen/photos/emulator"
	"albumen/reconcile"
	"albumen/reconcile/plan"
	"albumen/spec"
)

// laws is what the judge of a story knows: the truth about the account, and who
// has done what to it. It uses nothing of what albumen remembers.
type laws struct {
	world    emulator.World
	made     map[string]time.Time       // albums that our calls created, and when
	may      map[string]bool            // albums that the spec had adopted, or that nobody can tell from ours
	doubtful map[string]bool            // titles of creations whose answers did not come
	placed   map[string]map[string]bool // by album, the items that our calls put in
	hidden   map[string]bool            // new albums that somebody renamed before their creation was settled
	doubted  map[string]bool            // items that may count as ours, for nobody can see who put them in
	unsure   map[string]bool            // items that may count as put in by others
	thrown   map[string]bool            // bytes that somebody threw away at some time
	days     map[string]int             // calls
	writes   int
}

func newLaws() laws {
	return laws{made: map[string]time.Time{}, may: map[string]bool{}, doubtful: map[string]bool{}, placed: map[string]map[string]bool{}, hidden: map[string]bool{}, doubted: map[string]bool{}, unsure: map[string]bool{}, thrown: map[string]bool{}, days: map[string]int{}}
}

// mayAdopt notes which albums the spec lets albumen take over from now on.
func (s *simulation) mayAdopt() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.albums {
		for _, a := range s.laws.world.Albums {
			if d.Adopt.ID == a.ID || d.Adopt.Title != "" && d.Adopt.Title == a.Title {
				s.laws.may[a.ID] = true
			}
		}
	}
}

// acted takes in what somebody did in the app.
func (s *simulation) acted(a emulator.Action, id string) {
	l := &s.laws
	for _, album := range l.world.Albums {
		if album.ID == id && a.Do == emulator.RenameAlbum && l.doubtful[album.Title] {
			l.hidden[id] = true
		}
	}
	l.world = s.emu.World()
	switch a.Do {
	case emulator.TrashItem:
		for _, item := range l.world.Items {
			if item.ID == id {
				l.thrown[item.SHA256] = true
			}
		}
	case emulator.AddAlbum:
		l.may[id] = l.may[id] || l.doubtful[a.Title]
	case emulator.RenameAlbum:
		l.may[id] = l.may[id] || l.doubtful[a.Title]
	}
}

// callGoes looks at a call before it is carried out (laws 8 and 11).
func (p *process) callGoes(r *http.Request) {
	l := &p.laws
	day := reconcile.QuotaDay(time.Now())
	l.days[day]++
	if p.limit > 0 && l.days[day] > p.limit {
		p.violates("law 11: call %d of %s, %s %s, with %d calls a day", l.days[day], day, r.Method, r.URL.Path, p.limit)
	}
	if !isWrite(r) {
		return
	}
	l.writes++
	if !p.writes {
		p.violates("law 8: a process that plans sends %s %s", r.Method, r.URL.Path)
	}
	now := time.Now()
	p.pace = slices.DeleteFunc(p.pace, func(t time.Time) bool { return now.Sub(t) >= time.Minute })
	if p.pace = append(p.pace, now); len(p.pace) > 31 {
		p.violates("law 11: %d writes in a minute", len(p.pace))
	}
}

// callCame looks at what a write has changed (laws 1, 7, 9, 12 and 14).
func (p *process) callCame(r *http.Request, answered bool) {
	if !isWrite(r) {
		return
	}
	l := &p.laws
	before := l.world
	l.world = p.emu.World()
	a := p.current
	if a == nil {
		p.violates("law 1: %s %s belongs to no action", r.Method, r.URL.Path)
		return
	}
	if !answered {
		p.unanswered()
	}
	was := map[string]*emulator.WorldAlbum{}
	for i := range before.Albums {
		was[before.Albums[i].ID] = &before.Albums[i]
	}
	shas := map[string]string{}
	for _, item := range l.world.Items {
		shas[item.ID] = item.SHA256
	}
	for i := range l.world.Albums {
		now := &l.world.Albums[i]
		then := was[now.ID]
		if then == nil {
			l.made[now.ID] = time.Now()
			if a.Kind != plan.CreateAlbum {
				p.violates("law 1: %s created an album", a.Kind)
			}
			continue
		}
		p.changed(a, then, now, shas)
	}
}

// unanswered notes that the answer of a write did not come: that of a creation
// leaves open which album of the title is the new one, and new items that the
// library has under other names can't be told from those of others.
func (p *process) unanswered() {
	l := &p.laws
	if p.current == nil {
		return
	}
	for _, wanted := range p.current.Items {
		for _, item := range l.world.Items {
			m := wanted.Member
			if m == nil || item.SHA256 != m.Digest.String() {
				continue
			}
			l.doubted[item.ID] = true
			l.unsure[item.ID] = l.unsure[item.ID] || item.FileName != m.Name
		}
	}
	if p.current.Kind != plan.CreateAlbum {
		return
	}
	title := p.current.Title
	l.doubtful[title] = true
	for _, album := range l.world.Albums {
		l.may[album.ID] = l.may[album.ID] || album.Title == title
	}
}

// changed judges what a write did to one album.
func (p *process) changed(a *plan.Action, then, now *emulator.WorldAlbum, shas map[string]string) {
	l := &p.laws
	had, has := items(then), items(now)
	var out []string
	for id := range had {
		if !has[id] {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	touched := then.Title != now.Title || then.Cover != now.Cover || len(out) > 0 || len(now.Contents) > len(then.Contents)
	if touched || now.ID == string(a.Album) {
		l.place(a, now.ID, has, shas)
	}
	if !touched {
		return
	}
	if l.made[now.ID].IsZero() && !l.may[now.ID] {
		p.violates("law 7: %s for %s touches the album %q, which is not ours", a.Kind, a.Key, then.Title)
	}
	if d := find(p.request.Desired, a.Key); d != nil && d.Paused {
		p.violates("%s is done to %s, which is paused", a.Kind, a.Key)
	}
	if said := doubled(now); said != "" {
		p.violates("law 14: the album %q says twice: %s", now.Title, said)
	}
	for _, id := range out {
		if text := p.mayGo(a, now, id, shas); text != "" {
			p.violates("%s: %s takes %s out of %q: %s", a.Key, a.Kind, p.fileName(id), now.Title, text)
		}
		delete(l.placed[now.ID], id) // if somebody puts it in again, it is theirs
	}
}

// place notes what an action has put into an album. What stood there before and is
// put in once more is ours from then on.
func (l *laws) place(a *plan.Action, album string, has map[string]bool, shas map[string]string) {
	if l.placed[album] == nil {
		l.placed[album] = map[string]bool{}
	}
	if a.Kind != plan.AddItems && a.Kind != plan.CreateItems {
		return
	}
	for id := range has {
		for _, item := range a.Items {
			if string(item.ID) == id || item.Member != nil && item.Member.Digest.String() == shas[id] {
				l.placed[album][id] = true
			}
		}
	}
}

// mayGo says why an item should not have been taken out, "" when it may.
func (p *process) mayGo(a *plan.Action, from *emulator.WorldAlbum, id string, shas map[string]string) string {
	if a.Kind != plan.RemoveItems || !slices.ContainsFunc(a.Items, func(item plan.Item) bool { return string(item.ID) == id }) {
		return "law 1: the action does not name it"
	}
	ours := p.laws.placed[from.ID][id] || p.laws.doubted[id]
	d := find(p.request.Desired, a.Key)
	switch {
	case d == nil && !ours:
		return "law 7: the album left the spec, and the item is not ours"
	case d == nil:
		return ""
	case len(d.Unavailable) > 0:
		return "law 9: a source of the album can't be read"
	case d.Membership == spec.Additive:
		return "law 7: the album is additive"
	case d.Membership == spec.Managed && !ours:
		return "law 7: the album is managed, and the item is not ours"
	}
	for _, m := range d.Members {
		if m.Digest.String() != shas[id] || m.Digest.IsZero() {
			continue
		}
		for other := range items(from) {
			if shas[other] == shas[id] {
				return "" // the same bytes stand there under another id
			}
		}
		return "it is wanted"
	}
	return ""
}

func (p *process) fileName(id string) string {
	for _, item := range p.laws.world.Items {
		if item.ID == id {
			return item.FileName
		}
	}
	return id
}

func find(desired spec.Desired, key spec.Key) *spec.DesiredAlbum {
	for i := range desired.Albums {
		if desired.Albums[i].Key == key {
			return &desired.Albums[i]
		}
	}
	return nil
}

func items(a *emulator.WorldAlbum) map[string]bool {
	out := make(map[string]bool, len(a.Contents))
	for _, entry := range a.Contents {
		if entry.Item != "" {
			out[entry.Item] = true
		}
	}
	return out
}

// doubled is a text, place or map that stands twice in an album and that no
// person wrote.
func doubled(a *emulator.WorldAlbum) string {
	seen := map[string]bool{}
	for _, entry := range a.Contents {
		if entry.Enrichment == nil || strings.HasPrefix(entry.Enrichment.Text, "somebody's") {
			continue
		}
		e := *entry.Enrichment
		e.ID = ""
		text := fmt.Sprintf("%s %v %v", e.Text, e.Location, e.Map)
		if seen[text] {
			return text
		}
		seen[text] = true
	}
	return ""
}

// planned judges a plan before it is carried out (law 12).
func (p *process) planned(made *plan.Plan) {
	out, in, total := map[spec.Key]int{}, map[spec.Key]int{}, 0
	for i := range made.Actions {
		a := &made.Actions[i]
		switch a.Kind {
		case plan.RemoveItems:
			out[a.Key] += len(a.Items)
			total += len(a.Items)
		case plan.AddItems, plan.CreateItems:
			in[a.Key] += len(a.Items)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	limits := p.request.Desired.Safety
	if total <= p.request.AllowRemovals || !p.writes {
		return // the plan of one that looks on is of a moment that may have passed
	}
	if total > limits.MaxRemovals {
		p.violates("law 12: %d are taken out in all, %d is the limit", total, limits.MaxRemovals)
	}
	for i := range made.Actions {
		a := &made.Actions[i]
		if a.Kind != plan.RemoveItems {
			continue
		}
		// Nobody is harmed in an album that somebody has deleted meanwhile, and one that
		// is too new for the list is planned as it was made.
		standing := -1
		for j := range p.laws.world.Albums {
			if album := &p.laws.world.Albums[j]; album.ID == string(a.Album) && time.Since(p.laws.made[album.ID]) > 2*simGrace {
				standing = len(items(album))
			}
		}
		if n := out[a.Key]; standing >= 0 && (n > max(10, standing*limits.MaxRemovalPercent/100) || n >= standing && in[a.Key] == 0) {
			p.violates("law 12: %d of the %d items of %s are taken out, %d come in", n, standing, a.Key, in[a.Key])
		}
	}
}

// afterStep judges the account between two steps: nothing stands in the library
// twice that nobody has thrown away meanwhile.
func (s *simulation) afterStep() {
	seen := map[string]bool{}
	for _, item := range s.laws.world.Items {
		if item.Client == "" || item.Trashed || s.laws.thrown[item.SHA256] {
			continue
		}
		if seen[item.SHA256] {
			s.breaks("the library has %s twice", item.FileName)
		}
		seen[item.SHA256] = true
	}
}
