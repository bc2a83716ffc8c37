package spec

import "cmp"

// Outside says what is done about what people do to an album in the app. The
// zero value is what holds where a spec says nothing: members that somebody took
// out are put back, everything else is respected and reported.
type Outside struct {
	RespectRemoved bool // removedFromAlbum: respect; a member that somebody took out stays out
	Reupload       bool // deletedInPhotos: reupload; a member that somebody threw away is sent again
	Recreate       bool // recreate: true; an album that somebody deleted is created again
	EnforceOrder   bool // order: enforce; members are moved until their order is the spec's
}

// The words of the settings that have two answers. The first is the default.
const (
	restoreRemoved = "restore"
	respectRemoved = "respect"
	respectDeleted = "respect"
	reupload       = "reupload"
	reportOrder    = "report"
	enforceOrder   = "enforce"
)

// outside is Outside as written. What is empty or nil was not said.
type outside struct {
	removed, deleted, order string
	recreate                *bool
}

func (o *outside) fields(d *decoder) []field {
	word := func(to *string, words ...string) func(node) {
		return func(n node) {
			if w, ok := d.choice(n, words...); ok {
				*to = w
			}
		}
	}
	return []field{
		{"removedFromAlbum", word(&o.removed, restoreRemoved, respectRemoved)},
		{"deletedInPhotos", word(&o.deleted, respectDeleted, reupload)},
		{"order", word(&o.order, reportOrder, enforceOrder)},
		{"recreate", func(n node) {
			if yes, ok := d.boolean(n); ok {
				o.recreate = &yes
			}
		}},
	}
}

// or is what holds when these settings leave things to the defaults.
func (o outside) or(defaults outside) Outside {
	recreate := cmp.Or(o.recreate, defaults.recreate)
	return Outside{
		RespectRemoved: cmp.Or(o.removed, defaults.removed) == respectRemoved,
		Reupload:       cmp.Or(o.deleted, defaults.deleted) == reupload,
		EnforceOrder:   cmp.Or(o.order, defaults.order) == enforceOrder,
		Recreate:       recreate != nil && *recreate,
	}
}
