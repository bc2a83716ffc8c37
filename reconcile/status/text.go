package status

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"albumen/reconcile/plan"
	"albumen/spec"
)

// Style says how text is written.
type Style struct {
	Color bool // with terminal colours
}

// listed is how many entries of a batch are written out before the rest is
// counted.
const listed = 6

// Plan writes a plan for people: by album, what is done and why, what is not and
// why not, what others did, and the price at the end.
func Plan(w io.Writer, p *plan.Plan, s Style) error {
	t := &text{style: s}
	for _, key := range concerned(p) {
		t.album(p, key)
	}
	for _, d := range p.Deferred {
		if d.Key == "" {
			t.line(s.paint(yellow, "? "+d.Text), string(d.Reason))
			t.note(d.Hint)
		}
	}
	t.others(p)
	t.price(p)
	_, err := io.WriteString(w, t.b.String())
	return err
}

// concerned lists the keys of which a plan has something to say, in order.
func concerned(p *plan.Plan) []spec.Key {
	var keys []spec.Key
	for i := range p.Actions {
		keys = append(keys, p.Actions[i].Key)
	}
	for i := range p.HeldActions {
		keys = append(keys, p.HeldActions[i].Key)
	}
	for _, b := range p.Bindings {
		keys = append(keys, b.Key)
	}
	for _, d := range p.Deferred {
		if d.Key != "" {
			keys = append(keys, d.Key)
		}
	}
	for _, d := range p.Drift {
		keys = append(keys, d.Key)
	}
	for _, r := range p.Renames {
		keys = append(keys, r.Key)
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// text builds the lines of one plan.
type text struct {
	style Style
	b     strings.Builder
}

// width is the column at which a line's figures end.
const width = 78

// line writes what is done at the left and its price or reason at the right.
func (t *text) line(left, right string) {
	gap := width - visible(left) - len(right) - 2
	if right == "" {
		fmt.Fprintf(&t.b, "  %s\n", left)
		return
	}
	fmt.Fprintf(&t.b, "  %s%s%s\n", left, strings.Repeat(" ", max(2, gap)), t.style.paint(faint, right))
}

// note writes an explanation below a line, folded to the width.
func (t *text) note(s string) {
	for _, line := range wrap(s, width-6) {
		fmt.Fprintf(&t.b, "      %s\n", t.style.paint(faint, line))
	}
}

func (t *text) album(p *plan.Plan, key spec.Key) {
	fmt.Fprintf(&t.b, "%s\n", t.style.paint(bold, string(key)))
	for _, b := range p.Bindings {
		switch {
		case b.Key != key:
		case b.From != "":
			t.line(fmt.Sprintf("= take over the album of the earlier key %s", b.From), "no call")
		default:
			t.line(fmt.Sprintf("= adopt the live album %s", quote(b.Title)), "no call")
		}
	}
	for i := range p.Actions {
		if p.Actions[i].Key == key {
			t.action(&p.Actions[i])
		}
	}
	for i := range p.HeldActions {
		if p.HeldActions[i].Key == key {
			t.action(&p.HeldActions[i])
		}
	}
	for _, r := range p.Renames {
		if r.Key == key {
			t.line(fmt.Sprintf("= %s is now %s", Show(r.From), Show(r.To)), "same picture")
		}
	}
	for _, d := range p.Drift {
		if d.Key == key {
			t.sentence("! drift: "+Show(d.Text), string(d.Kind))
		}
	}
	for _, d := range p.Deferred {
		if d.Key == key {
			t.deferred(d)
		}
	}
	t.b.WriteByte('\n')
}

func (t *text) deferred(d plan.Deferred) {
	sign := "? "
	if d.Reason == plan.Guarded {
		sign = "! "
	}
	t.sentence(sign+Show(d.Text), string(d.Reason))
	if at := d.At.String(); at != "" && d.Reason == plan.SourceUnavailable {
		t.note("at " + at)
	}
	t.note(d.Hint)
}

// sentence writes what is not done, or was done by others, folded beside its
// reason.
func (t *text) sentence(s, reason string) {
	lines := wrap(s, width-6-len(reason))
	t.line(t.style.paint(yellow, lines[0]), reason)
	for _, more := range lines[1:] {
		t.line(t.style.paint(yellow, "  "+more), "")
	}
}

// action writes one action with its entries.
func (t *text) action(a *plan.Action) {
	sign, right := a.Kind.Sign(), calls(a)
	if a.Held != "" {
		sign, right = plan.HeldSign, "held"
	}
	t.line(t.style.paint(colors[sign], sign+" "+Headline(a)), right)
	if len(a.Items) == 0 {
		t.note(a.Reason)
		return
	}
	if len(a.Items) > listed {
		t.note(a.Reason + where(a))
	}
	for i, item := range a.Items {
		if i == listed && len(a.Items) > listed+1 {
			t.note(fmt.Sprintf("… and %d more, up to %s", len(a.Items)-listed, Show(a.Items[len(a.Items)-1].Label())))
			return
		}
		label := "    " + t.style.paint(colors[sign], sign) + " " + Show(item.Label())
		switch {
		case len(a.Items) > listed:
			t.line(label, "")
		case i == 0:
			t.line(label, item.Why.String()+where(a))
		default:
			t.line(label, item.Why.String())
		}
	}
}

// Headline says in a few words what an action does.
func Headline(a *plan.Action) string {
	n := amount(len(a.Items), "item", "items")
	switch a.Kind {
	case plan.CreateAlbum:
		return "create the album " + quote(a.Title)
	case plan.AddItems:
		return "add " + n + " of the library"
	case plan.CreateItems:
		return "create " + n
	case plan.RemoveItems:
		return "take out " + n
	case plan.PatchAlbum:
		var parts []string
		if a.Title != "" {
			parts = append(parts, fmt.Sprintf("retitle %s to %s", quote(a.Was), quote(a.Title)))
		}
		if !a.Cover.IsZero() {
			parts = append(parts, "set the cover to "+Show(coverLabel(a)))
		}
		return strings.Join(parts, ", ")
	}
	return sharingHeadline(a)
}

func coverLabel(a *plan.Action) string {
	if a.Desired != nil && !a.Cover.Digest.IsZero() {
		for i := range a.Desired.Members {
			if m := &a.Desired.Members[i]; m.Digest == a.Cover.Digest {
				return m.Label
			}
		}
	}
	return a.Cover.Item
}

// where says after which neighbour new items come, unless that goes without
// saying.
func where(a *plan.Action) string {
	switch {
	case a.Kind != plan.CreateItems || a.Album == "" || a.Empty:
		return ""
	case a.From == 0:
		return ", at the front"
	}
	return ", after " + Show(a.Desired.Members[a.From-1].Label)
}

func calls(a *plan.Action) string {
	s := amount(a.Calls(), "call", "calls")
	if a.Uploads > 0 {
		s = fmt.Sprintf("%s to send, %s", Size(a.Bytes), s)
	}
	return s
}

// others lists what belongs to no desired album.
func (t *text) others(p *plan.Plan) {
	t.remains(remainsOf(p))
	for _, warning := range p.Warnings {
		t.line(t.style.paint(yellow, "warning: "+Show(warning.String())), "")
	}
	if len(p.Orphans)+len(p.Strays)+len(p.Warnings) > 0 {
		t.b.WriteByte('\n')
	}
}

// price ends the plan with what it costs.
func (t *text) price(p *plan.Plan) {
	t.yes(p)
	switch waits := amount(len(p.Deferred), "thing waits", "things wait"); {
	case p.Empty() && len(p.Deferred) > 0:
		fmt.Fprintf(&t.b, "%s, and %s.\n", t.style.paint(bold, "nothing to do now"), waits)
		return
	case p.Empty():
		fmt.Fprintf(&t.b, "%s: %s in sync.\n", t.style.paint(bold, "nothing to do"), amount(p.InSync, "album is", "albums are"))
		return
	}
	c := p.Cost
	work := fmt.Sprintf("%s in %s", amount(len(p.Actions), "write", "writes"), amount(changed(p), "album", "albums"))
	if c.Uploads > 0 {
		work += fmt.Sprintf(", %s to send (%s)", amount(c.Uploads, "file", "files"), Size(c.Bytes))
	}
	if p.InSync > 0 {
		work += fmt.Sprintf("; %s in sync", amount(p.InSync, "album is", "albums are"))
	}
	t.paragraph("Plan:", work+".")
	t.paragraph("Price:", priceOf(c)+".")
}

func priceOf(c plan.Cost) string {
	out := amount(c.Calls, "call", "calls")
	var parts []string
	for _, k := range c.ByKind {
		parts = append(parts, fmt.Sprintf("%s %s", k.Kind, number(k.Calls)))
	}
	if len(parts) > 0 {
		out += " (" + strings.Join(parts, ", ") + ")"
	}
	if c.Left >= 0 {
		out += fmt.Sprintf(" of %s left today", number(c.Left))
	}
	if c.Pace >= 10*time.Second {
		out += fmt.Sprintf("; at least %s at Google's pace", c.Pace.Round(time.Second))
	}
	if c.Days > 1 {
		out += fmt.Sprintf("; done on day %d", c.Days)
	}
	return out
}

// paragraph writes a heading and its text, folded to the width.
func (t *text) paragraph(heading, s string) {
	for i, line := range wrap(heading+" "+s, width) {
		if i == 0 {
			line = t.style.paint(bold, heading) + strings.TrimPrefix(line, heading)
		} else {
			line = "  " + line
		}
		t.b.WriteString(line + "\n")
	}
}

func changed(p *plan.Plan) int {
	keys := map[spec.Key]bool{}
	for i := range p.Actions {
		keys[p.Actions[i].Key] = true
	}
	for _, b := range p.Bindings {
		keys[b.Key] = true
	}
	return len(keys)
}

// Show is a name as it can stand on one line of a terminal: quoted when it
// holds anything that does not print.
func Show(s string) string {
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return strconv.Quote(s)
		}
	}
	return s
}

func quote(s string) string { return strconv.Quote(s) }

func amount(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}

// number is n with its thousands apart.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// took is a length of time for people.
func took(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

// Size is a number of bytes for people.
func Size(n int64) string {
	units := [...]string{"B", "kB", "MB", "GB", "TB"}
	v, u := float64(n), 0
	for v >= 1000 && u < len(units)-1 {
		v, u = v/1000, u+1
	}
	if u == 0 || v >= 100 {
		return fmt.Sprintf("%.0f %s", v, units[u])
	}
	return fmt.Sprintf("%.1f %s", v, units[u])
}

// wrap folds a text at blanks.
func wrap(s string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" || len(lines) == 0 && s != "" {
		lines = append(lines, line)
	}
	return lines
}

// cut shortens a text to so many characters.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
