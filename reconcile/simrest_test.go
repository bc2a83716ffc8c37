package reconcile_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"albumen/photos/emulator"
	"albumen/reconcile"
	"albumen/reconcile/plan"
	"albumen/spec"
)

// restPasses bounds how many passes it may take to reach what is desired once all
// faults are over.
const restPasses = 12

// rest ends all faults and looks whether the account comes to what the spec
// wants, stays there, and remembers nothing of the trouble (law 6).
func (s *simulation) rest() {
	s.faults(nil)
	s.choices = emulator.Choices{}
	if err := s.emu.SetChoices(s.choices); err != nil {
		s.t.Fatal(err)
	}
	s.down, s.limit = false, 0
	for i := range s.disk {
		s.disk[i].unreadable = false
	}
	for _, d := range s.albums {
		d.Unavailable = nil
	}
	s.succeed()
	time.Sleep(26 * time.Hour) // what was quarantined is tried again
	var last *reconcile.Pass
	for n := 1; ; n++ {
		time.Sleep(9 * time.Hour)
		pass, report, err := s.now.apply(1<<20, nil)
		if s.broken != nil {
			return
		}
		if err == nil && pass.Plan.Empty() && len(report.Results) == 0 && !waits(&pass.Plan) {
			last = pass
			break
		}
		if n == restPasses {
			s.breaks("law 6: no rest after %d passes: %v\n%s", n, err, textOf(pass))
			return
		}
	}
	serial, writes := s.serial(), s.laws.writes
	if _, _, err := s.now.apply(1<<20, nil); err != nil || s.laws.writes != writes || s.serial() != serial {
		s.breaks("law 6: at rest an apply makes %d writes and %d changes to the state: %v", s.laws.writes-writes, s.serial()-serial, err)
		return
	}
	s.reached(last)
}

func textOf(p *reconcile.Pass) string {
	if p == nil {
		return ""
	}
	return describe(p.Plan)
}

// waits reports whether a plan has something that another pass would do.
func waits(p *plan.Plan) bool {
	for _, d := range p.Deferred {
		switch d.Reason {
		case plan.Stale, plan.OverBudget, plan.Guarded:
			return true
		}
	}
	return false
}

func (s *simulation) serial() int64 {
	v, err := s.now.stored.View(context.Background())
	if err != nil {
		s.t.Fatal(err)
	}
	return v.Serial
}

// reached judges the account at rest: each album that nothing stands in the way
// of is what the spec says, and none was created twice.
func (s *simulation) reached(p *reconcile.Pass) {
	s.laws.world = s.emu.World()
	ambiguous := false
	for _, v := range p.Verdicts {
		ambiguous = ambiguous || v.Fate == plan.Ambiguous
		if v.Fate == plan.Wait || v.Fate == plan.Hold {
			s.breaks("law 3: a doubt stays at rest: %s of %s: %s", v.Doubt.Wish.Kind, v.Doubt.Wish.Key, v.Text)
		}
	}
	for _, stray := range p.Plan.Strays {
		if id := string(stray.Album); !s.laws.made[id].IsZero() && !s.laws.hidden[id] && !ambiguous {
			s.breaks("law 3: the album %q was created and forgotten", stray.Title)
		}
	}
	view, err := s.now.stored.View(context.Background())
	if err != nil {
		s.t.Fatal(err)
	}
	bound := map[string]string{}
	for _, a := range view.Albums {
		bound[a.Key] = a.ID
	}
	desired := s.desired()
	for i := range desired.Albums {
		d := &desired.Albums[i]
		if !stands(&p.Plan, d.Key) {
			continue
		}
		if text := s.differs(d, bound[string(d.Key)]); text != "" {
			s.breaks("at rest the album of %s is not what the spec wants: %s\n%s", d.Key, text, textOf(p))
		}
	}
}

// stands reports whether nothing keeps an album from being what is desired.
func stands(p *plan.Plan, key spec.Key) bool {
	for _, d := range p.Deferred {
		if d.Key == key && d.Reason != plan.Quarantine && d.Reason != plan.Unsupported && (d.Reason != plan.NotFound || !strings.Contains(d.Text, "cover")) {
			return false
		}
	}
	for _, d := range p.Drift {
		if d.Key == key && d.Kind == plan.DriftAlbumGone {
			return false
		}
	}
	return true
}

// differs says how a live album differs from the desired one.
func (s *simulation) differs(d *spec.DesiredAlbum, id string) string {
	var live *emulator.WorldAlbum
	for i := range s.laws.world.Albums {
		if s.laws.world.Albums[i].ID == id {
			live = &s.laws.world.Albums[i]
		}
	}
	if live == nil {
		return "there is none"
	}
	if d.Title != "" && live.Title != d.Title {
		return fmt.Sprintf("its title is %q, not %q", live.Title, d.Title)
	}
	foreign := map[string]bool{} // bytes of items that the app can't see
	sha := map[string]string{}
	for _, item := range s.laws.world.Items {
		sha[item.ID] = item.SHA256
		foreign[item.SHA256] = foreign[item.SHA256] || item.Client == ""
	}
	standing := map[string]string{}
	for item := range items(live) {
		standing[sha[item]] = item
	}
	wanted := map[string]bool{}
	for _, m := range d.Members {
		digest := m.Digest.String()
		wanted[digest] = true
		if standing[digest] == "" && !s.laws.thrown[digest] && !foreign[digest] && digest != s.pool[0].digest.String() {
			return m.Label + " is missing"
		}
	}
	for digest, item := range standing {
		ours := s.laws.placed[live.ID][item] && !s.laws.unsure[item]
		if wanted[digest] || d.Membership == spec.Additive || d.Membership == spec.Managed && !ours || foreign[digest] || s.laws.thrown[digest] {
			continue
		}
		return s.now.fileName(item) + " stands there and should not"
	}
	if cover := d.Cover.Digest.String(); !d.Cover.IsZero() && standing[cover] != "" && !s.laws.thrown[cover] && !foreign[cover] && !foreign[sha[live.Cover]] && sha[live.Cover] != cover {
		return "it has another cover"
	}
	return ""
}
