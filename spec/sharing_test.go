package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// environment is one in which two variables are set, one of them to nothing.
func environment(name string) (string, bool) {
	value, set := map[string]string{"NAME": "Höfn", "EMPTY": "", "NESTED": "${NAME}"}[name]
	return value, set
}

// TestVariables: the table of expand.
func TestVariables(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want, mistake string }{
		{"plain, $NAME, $, $$ and }", "plain, $NAME, $, $$ and }", ""},
		{"${NAME}", "Höfn", ""},
		{"to ${NAME} and ${NAME}!", "to Höfn and Höfn!", ""},
		{"${EMPTY}", "", ""},
		{"${NAME:-Vík}", "Höfn", ""},
		{"${GONE:-Vík}", "Vík", ""},
		{"${EMPTY:-Vík}", "Vík", ""},
		{"${GONE:-}", "", ""},
		{"${NESTED}", "${NAME}", ""}, // a value is taken as it is
		{"$${NAME}", "${NAME}", ""},
		{"$$${NAME}", "$${NAME}", ""},
		{"${GONE}", "", "the variable GONE is not set in the environment"},
		{"a ${NAME", "", "a variable begins with ${ and does not end"},
		{"${1}", "", `"1" is no name of a variable`},
		{"${NAME-x}", "", `"NAME-x" is no name of a variable`},
		{"${}", "", `"" is no name of a variable`},
	} {
		got, mistake, _ := expand(c.text, environment)
		if got != c.want || mistake != c.mistake {
			t.Errorf("%q is %q, %q; want %q, %q", c.text, got, mistake, c.want, c.mistake)
		}
	}
}

// FuzzVariables: a text whose every ${ is escaped comes out as it was, whatever
// the environment holds, and no mistake tells a value of it.
func FuzzVariables(f *testing.F) {
	for _, seed := range []string{"", "${A}", "$${A}", "$$${A:-b}", "${A", "a$", "${A:-${B}}", "$${${A}"} {
		f.Add(seed, "value")
	}
	f.Fuzz(func(t *testing.T, text, value string) {
		value = "planted-" + value
		lookup := func(name string) (string, bool) { return value, !strings.HasPrefix(name, "X") }
		if got, mistake, _ := expand(strings.ReplaceAll(text, "${", "$${"), lookup); got != text || mistake != "" {
			t.Errorf("%q comes out as %q, %q", text, got, mistake)
		}
		_, mistake, expected := expand(text, lookup)
		if strings.Contains(mistake+expected, value) && !strings.Contains(text, value) {
			t.Errorf("%q tells a value: %s; expected %s", text, mistake, expected)
		}
	})
}

// TestVariablesStandInEveryText: of titles, paths, ids and words.
func TestVariablesStandInEveryText(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.spec("version: 1\nalbums:\n  a: {title: \"In ${TOWN}\", membership: \"${MODE:-exact}\", contents: [{item: \"${ITEM}\"}]}\n")
	s, err := Load(w.path, LoadOptions{Env: func(name string) (string, bool) {
		return map[string]string{"TOWN": "Vík", "ITEM": "AF1"}[name], name != "MODE"
	}})
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Resolve(t.Context(), ResolveOptions{Facts: w})
	if err != nil {
		t.Fatal(err)
	}
	a := d.Albums[0]
	if a.Title != "In Vík" || a.Membership != Exact || a.Members[0].Item != "AF1" {
		t.Errorf("the album is %+v", a)
	}
}

// TestSharingAsWritten: what a spec says of sharing, what it leaves to people, and
// that the generation follows the one and not the other.
func TestSharingAsWritten(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, c := range []struct {
		written string
		want    Sharing
	}{
		{"", Sharing{}},
		{"share: off", Sharing{Managed: true}},
		{"share: {}", Sharing{Managed: true, On: true}},
		{"share: {collaborative: false, commentable: true}", Sharing{Managed: true, On: true, Commentable: true}},
		{"share: {collaborative: true}", Sharing{Managed: true, On: true, Collaborative: true}},
		{"share: {collaborative: true}, reshare: true", Sharing{Managed: true, On: true, Collaborative: true, Renew: true}},
	} {
		d := written(t, fmt.Sprintf("albums: {a: {title: A, %s}}", c.written))
		if diff := cmp.Diff(c.want, d.Albums[0].Share); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.written, diff)
		}
		if other, same := seen[d.Generation]; same {
			t.Errorf("%q and %q are one generation", c.written, other)
		}
		seen[d.Generation] = c.written
	}
}

// TestLaw13ATokenOfASpecIsToldNowhere: neither by what prints the desired state
// nor by the generation.
func TestLaw13ATokenOfASpecIsToldNowhere(t *testing.T) {
	t.Parallel()
	const token = "AOVPplantedsharetoken"
	d := written(t, "joined: {club: {token: "+token+"}, gone: {token: "+token+"2, member: false}}")
	if len(d.Joined) != 2 || d.Joined[0].Token != token || !d.Joined[0].Member || d.Joined[1].Member {
		t.Fatalf("joined is %v", d.Joined)
	}
	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, nil)).Info("x", "token", d.Joined[0].Token, "all", d.Joined)
	slog.New(slog.NewTextHandler(&b, nil)).Info("x", "token", d.Joined[0].Token, "all", d)
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	b.Write(raw)
	fmt.Fprintf(&b, "%v %+v %#v %s %q %x", d, d, d, d.Joined[0].Token, d.Joined[0].Token, d.Joined[0].Token.String())
	if strings.Contains(b.String(), token) {
		t.Errorf("the token is told: %s", b.String())
	}
	if other := written(t, "joined: {club: {token: "+token+"3}, gone: {token: "+token+"2, member: false}}"); other.Generation == d.Generation {
		t.Errorf("another token is the same generation")
	}
}

// written resolves a spec without files.
func written(t *testing.T, body string) Desired {
	t.Helper()
	w := newWorld(t)
	w.spec("version: 1\n" + body + "\n")
	d, err := w.load().Resolve(t.Context(), ResolveOptions{Facts: w})
	if err != nil {
		t.Fatal(err)
	}
	return d
}
