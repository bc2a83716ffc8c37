package spec

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Sharing says how an album should be shared. The zero value leaves that to
// people.
type Sharing struct {
	Managed       bool // the spec says something of it
	On            bool // the album is shared with all who have its link
	Collaborative bool // they may add pictures
	Commentable   bool // they may comment
	// Renew lets the options of a shared album be changed, for which it must be
	// unshared and shared again: the old link dies, and what others added leaves.
	Renew bool
}

// Joined is a shared album of somebody else.
type Joined struct {
	Key    Key
	Token  Secret // lets its holder in
	Member bool   // whether the account should be in it
	At     Place
}

// readShare reads how an album is shared: a mapping, or off.
func (a *album) readShare(d *decoder, n node) {
	a.shareAt = d.place(n.meant())
	if d.off(n) {
		a.share.Managed = true
		return
	}
	on := d.mappingOr(n, []field{
		{"collaborative", func(n node) { a.share.Collaborative, _ = d.boolean(n) }},
		{"commentable", func(n node) { a.share.Commentable, _ = d.boolean(n) }},
	}, ", or off")
	a.share.Managed, a.share.On = on, on
}

// off reports whether a value is the word off. YAML 1.1 reads a bare one as false;
// to the reader of the file it is a word.
func (d *decoder) off(n node) bool {
	m := n.meant()
	return m.Kind == yaml.ScalarNode && (m.Tag == "!!str" && m.Value == "off" || m.Tag == "!!bool" && (m.Value == "off" || m.Value == "false"))
}

// checkShare refuses a yes to changes of what is not there.
func (a *album) checkShare(d *decoder, mistakes int) {
	if a.share.Renew && !a.share.On && len(d.errs) == mistakes {
		d.errs = append(d.errs, &Error{Place: a.at, Message: "reshare lets the options of share be changed, and the album has none", Expected: "share: {collaborative: …, commentable: …}"})
	}
}

// joined is one shared album of somebody else, as written.
type joined struct {
	Joined
	doc *document
}

func (doc *document) readJoined(d *decoder, key, value node) {
	j := joined{Joined: Joined{Key: Key(key.Value), Member: true, At: d.place(key)}, doc: doc}
	shaped := d.shape(key, key.Value, "key")
	before, given := len(d.errs), false
	ok := d.mapping(value, []field{
		{"token", func(n node) { given = true; j.Token, _ = d.secret(n, "a share token") }},
		{"member", func(n node) { j.Member, _ = d.boolean(n) }},
	})
	if ok && !given && !d.guessed(before, "token") {
		d.fail(key, "token, best from the environment: \"${CLUB_SHARE_TOKEN}\"", "the shared album has no token")
	}
	if ok && shaped {
		doc.joined = append(doc.joined, j)
	}
}

// linkJoined refuses a key that stands for two things.
func (s *Spec) linkJoined() Errors {
	var errs Errors
	first := map[Key]Place{}
	for _, a := range s.albums {
		first[a.key] = a.at
	}
	for _, doc := range s.docs {
		for _, j := range doc.joined {
			if at, twice := first[j.Key]; twice {
				errs = append(errs, &Error{Place: j.At, Message: fmt.Sprintf("the key %q stands at %s already", j.Key, at), Expected: "keys that are unique over all files"})
				continue
			}
			first[j.Key] = j.At
			s.joined = append(s.joined, j)
		}
	}
	slices.SortFunc(s.joined, func(a, b joined) int { return strings.Compare(string(a.Key), string(b.Key)) })
	return errs
}

// sharing adds to the generation what a spec says of sharing, and nothing where it
// says nothing. The marks are no keys, so that no two specs look alike.
func (c *canon) sharing(s Sharing) {
	if s.Managed {
		c.text("\x00share")
		c.flag(s.On, s.Collaborative, s.Commentable, s.Renew)
	}
}

func (c *canon) joined(list []Joined) {
	for _, j := range list {
		c.text("\x00joined", string(j.Key), j.Token.Hash())
		c.flag(j.Member)
	}
}
