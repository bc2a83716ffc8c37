package status_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"albumen/photos"
	"albumen/reconcile"
	"albumen/reconcile/plan"
	"albumen/reconcile/status"
	"albumen/spec"
)

var update = flag.Bool("update", false, "rewrite the goldens")

// golden compares what was written with the kept text of a name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func member(n int) *spec.Member {
	return &spec.Member{Label: fmt.Sprintf("day1/%02d.jpg", n), Name: fmt.Sprintf("%02d.jpg", n), Digest: spec.Digest{byte(n), 1}, Size: 1000}
}

// everything is a plan with at least one of all that a plan can hold.
func everything() *plan.Plan {
	desired := &spec.DesiredAlbum{Key: "a", Title: "Iceland"}
	for n := range 12 {
		desired.Members = append(desired.Members, *member(n))
	}
	var created []plan.Item
	for n := 2; n < 11; n++ {
		created = append(created, plan.Item{Member: &desired.Members[n], Why: plan.NewFile})
	}
	gone := &plan.Known{Item: "gone", Label: "day1/gone\x1b[31m\n.jpg", Ours: true}
	foreign := &plan.Known{Item: "foreign", FileName: "IMG_1.JPG"}
	return &plan.Plan{
		Generation: "g", Account: "family", Albums: 5, InSync: 1,
		Bindings: []plan.Binding{{Key: "b", Album: "B", Title: "Live"}, {Key: "c", From: "old-c", Album: "C", Title: "C"}},
		Actions: []plan.Action{
			{ID: "1", Key: "a", Kind: plan.CreateAlbum, Title: "Iceland", Reason: "in the spec, not in the account", Desired: desired, Cause: plan.BySpec},
			{ID: "2", Key: "a", Kind: plan.CreateItems, Items: created, Desired: desired, From: 2, Reason: "new", Uploads: 9, Sending: 9, Bytes: 9000, Cause: plan.BySpec},
			{ID: "3", Key: "b", Kind: plan.AddItems, Album: "B", Desired: desired, Reason: "1 already in the library, 1 taken out in the app, put back", Cause: plan.External,
				Items: []plan.Item{{ID: "i0", Member: &desired.Members[0], Why: plan.KnownItem}, {ID: "i1", Member: &desired.Members[1], Why: plan.TakenOut}}},
			{ID: "4", Key: "b", Kind: plan.PatchAlbum, Album: "B", Title: "Iceland", Was: "Live", Cover: spec.Cover{Digest: desired.Members[0].Digest}, Desired: desired, Reason: "somebody renamed it", Cause: plan.External},
			{ID: "5", Key: "b", Kind: plan.RemoveItems, Album: "B", Desired: desired, Reason: "no longer in the spec", Cause: plan.BySpec,
				Items: []plan.Item{{ID: "gone", Known: gone, Why: plan.NotWanted}, {ID: "foreign", Known: foreign, Why: plan.ForeignItem}}},
			{ID: "8", Key: "b", Kind: plan.UnshareAlbum, Album: "B", Desired: desired, Reason: "what is permitted differs, reshare: true", Cause: plan.BySpec},
			{ID: "9", Key: "b", Kind: plan.ShareAlbum, Album: "B", Desired: desired, Reason: "reshare: true; it gets a new link", Cause: plan.BySpec, Swap: true, Share: &photos.ShareOptions{Commentable: true}},
			{ID: "10", Key: "other", Kind: plan.JoinAlbum, Album: "O", Title: "Club", Reason: "in the spec, not joined", Cause: plan.BySpec, Token: "planted-share-token"},
		},
		ID: "0123456789ab",
		HeldActions: []plan.Action{
			{ID: "6", Key: "d", Kind: plan.RemoveItems, Album: "D", Reason: "no longer in the spec", Cause: plan.BySpec, Held: "12 stand there, and 10 is the limit",
				Items: []plan.Item{{ID: "gone", Known: gone, Why: plan.NotWanted}}},
			{ID: "7", Key: "d", Kind: plan.UnshareAlbum, Album: "D", Reason: "share: off", Cause: plan.BySpec, Loses: 2, Held: "its link would die, and everybody else would lose the album"},
		},
		Deferred: []plan.Deferred{
			{Key: "club", Reason: plan.Unsupported, Count: 1, Text: "Google lets no app share, join or leave albums since 2025", Hint: "by hand: open the link that the album's owner has sent, and tap Join", ByHand: true},
			{Key: "d", Reason: plan.Guarded, Count: 11, Text: "taking out 11 items is held: 12 stand there, and 10 is the limit", Hint: "if that is meant: --allow-removals 11"},
			{Key: "e", Reason: plan.SourceUnavailable, Count: 1, Text: "the folder day2 can't be read: no such file or directory", Hint: "nothing is done to the album until it can", At: spec.Place{File: "albumen.yaml", Line: 7, Column: 3}},
			{Reason: plan.OverBudget, Count: 100, Text: "100 writes wait for tomorrow's calls"},
		},
		Drift:    []plan.Drift{{Key: "b", Kind: plan.DriftTitle, Count: 1, Text: `somebody renamed the album from "Iceland" to "Live"`}},
		Orphans:  []plan.Orphan{{Key: "left", Album: "L", Title: "Left", OnRemove: spec.Keep}},
		Strays:   []plan.Stray{{Album: "S", Title: "Stray \u202e"}},
		Renames:  []plan.Rename{{Key: "c", Item: "i", From: "a.jpg", To: "b.jpg"}},
		Warnings: []spec.Problem{{Place: spec.Place{File: "albumen.yaml", Line: 3, Column: 1}, Message: `the album "x" has the same title`}},
		Cost: plan.Cost{
			Calls: 14, Writes: 5, Uploads: 9, Bytes: 9000, Left: 9_000, Pace: 18 * time.Second, Days: 2,
			ByKind: []plan.KindCost{{Kind: plan.CreateAlbum, Calls: 1}, {Kind: plan.CreateItems, Calls: 10}, {Kind: plan.AddItems, Calls: 1}, {Kind: plan.PatchAlbum, Calls: 1}, {Kind: plan.RemoveItems, Calls: 1}},
		},
	}
}

func TestPlanIsTextForPeople(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := status.Plan(&b, everything(), status.Style{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "plan.txt", b.String())
	for _, line := range strings.Split(b.String(), "\n") {
		if n := utf8.RuneCountInString(line); n > 80 {
			t.Errorf("a line of %d columns: %q", n, line)
		}
		if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r == '\u202e' }) {
			t.Errorf("a name steers the terminal: %q", line)
		}
	}
}

// TestColoursAreAllThatColourAdds: without them the text is the same.
func TestColoursAreAllThatColourAdds(t *testing.T) {
	t.Parallel()
	var plain, colored bytes.Buffer
	if err := errors.Join(status.Plan(&plain, everything(), status.Style{}), status.Plan(&colored, everything(), status.Style{Color: true})); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(colored.String(), "\x1b[") {
		t.Error("there is no colour")
	}
	var stripped strings.Builder
	for rest := colored.String(); ; {
		before, after, found := strings.Cut(rest, "\x1b[")
		stripped.WriteString(before)
		if !found {
			break
		}
		_, rest, _ = strings.Cut(after, "m")
	}
	if diff := cmp.Diff(plain.String(), stripped.String()); diff != "" {
		t.Errorf("colour changes the text (-plain +coloured):\n%s", diff)
	}
}

func TestPlanIsJSONForScripts(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := status.PlanJSON(&b, everything()); err != nil {
		t.Fatal(err)
	}
	golden(t, "plan.json", b.String())
	var empty bytes.Buffer
	if err := status.PlanJSON(&empty, &plan.Plan{}); err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(empty.Bytes(), &fields); err != nil {
		t.Fatal(err)
	}
	for _, list := range []string{"bindings", "actions", "deferred", "held", "drift", "renames", "orphans", "strays", "warnings"} {
		if got, ok := fields[list].([]any); !ok || len(got) != 0 {
			t.Errorf("%s of an empty plan is %v, want []", list, fields[list])
		}
	}
	if fields["changes"] != false || fields["formatVersion"] != float64(status.FormatVersion) {
		t.Errorf("an empty plan is %v", fields)
	}
}

// TestReportNamesWhatDidNotGoThrough: each with its reason; what went through is
// counted.
func TestReportNamesWhatDidNotGoThrough(t *testing.T) {
	t.Parallel()
	p := everything()
	r := &reconcile.Report{Passes: 2, Results: []reconcile.Result{
		{Action: p.Actions[0], Status: reconcile.Done},
		{Action: p.Actions[1], Status: reconcile.Done, Refused: []reconcile.Refusal{{Label: "day1/03.jpg", Message: "BAD_IMAGE"}}},
		{Action: p.Actions[2], Status: reconcile.Failed, Err: &photos.Error{Method: photos.MethodAlbumsBatchAdd, HTTPStatus: 400, Message: "no"}},
		{Action: p.Actions[3], Status: reconcile.InDoubt, Err: errors.New("the connection was cut")},
		{Action: p.Actions[4], Status: reconcile.Deferred, Err: errors.New("something before it in the album failed")},
		{Action: p.Actions[7], Status: reconcile.Unsupported, Err: errors.New(plan.ByHand(&p.Actions[7]))},
	}}
	var b bytes.Buffer
	if err := status.Report(&b, r, 15, 1500*time.Millisecond, status.Style{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.txt", b.String())
	var js bytes.Buffer
	if err := status.ReportJSON(&js, p, r, 15); err != nil {
		t.Fatal(err)
	}
	golden(t, "report.json", js.String())
}
