package reconcile_test

import (
	"flag"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// soak lets the simulation go on until the time is over, with new stories all
// along: go test ./reconcile -run Simulation -soak 1h -timeout 2h
var soak = flag.Duration("soak", 0, "how long TestSimulation goes on")

// storySteps is how long a story is on average, and leastSteps how many steps are
// made in all: short stories are told and shortened quickly. The race detector
// makes them slower.
const (
	storySteps = 45
	leastSteps = 10_000
)

// step is one thing that happens, as drawn: a verb and the numbers from which it
// takes which album, which file, which call it is about.
type step struct {
	verb    *verb
	a, b, c int
}

// GoString keeps what rapid prints of a draw short: the story tells it in words.
func (n step) GoString() string { return fmt.Sprintf("%d %d %d", n.a, n.b, n.c) }

// TestSimulation lets an account, its spec, its disk and the processes that work
// on it go through stories that chance has drawn: edits of the spec and in the
// app, faults, deaths, days that pass. The laws are checked at each call and after
// each step, and at the end of each story, when the faults are over, what is
// desired must be reached and kept.
//
// A failure prints the shortest story that shows it, and the number
// (-rapid.seed) that tells it again.
func TestSimulation(t *testing.T) {
	if testing.Short() && *soak == 0 {
		t.Skip("takes half a minute")
	}
	studio := newStudio(t)
	drawn := drawing()
	if err := flag.Set("rapid.steps", fmt.Sprint(storySteps)); err != nil {
		t.Fatal(err)
	}
	began, steps, stories, failed := time.Now(), 0, 0, false
	for {
		rapid.Check(t, func(rt *rapid.T) {
			var story []step
			if steps >= leastSteps/slower && *soak == 0 && !failed {
				return
			}
			rt.Repeat(map[string]func(*rapid.T){"step": func(rt *rapid.T) { story = append(story, drawn.Draw(rt, "step")) }})
			told, done, err := studio.play(t, story)
			steps, stories = steps+done, stories+1
			if failed = failed || err != nil; err != nil {
				rt.Fatalf("%v\n\nthe story:\n%s", err, told)
			}
		})
		if t.Failed() || steps >= leastSteps/slower && time.Since(began) >= *soak {
			break
		}
	}
	took := time.Since(began)
	t.Logf("%d stories, %d steps in %v: %.0f steps a second", stories, steps, took.Round(time.Millisecond), float64(steps)/took.Seconds())
}

// drawing draws steps, the likelier ones more often.
func drawing() *rapid.Generator[step] {
	var hat []*verb
	table := verbs()
	for i := range table {
		for range table[i].weight {
			hat = append(hat, &table[i])
		}
	}
	number := rapid.IntRange(0, 23)
	return rapid.Custom(func(t *rapid.T) step {
		return step{rapid.SampledFrom(hat).Draw(t, "verb"), number.Draw(t, "a"), number.Draw(t, "b"), number.Draw(t, "c")}
	})
}

// play plays a story in virtual time. It returns the story in words and how many
// steps of it were possible.
func (w *studio) play(t *testing.T, story []step) (told string, done int, err error) {
	synctest.Test(t, func(t *testing.T) {
		s := w.open(t)
		defer s.close()
		for _, step := range story {
			if s.broken != nil {
				break
			}
			if says := step.verb.do(s, step); says != "" {
				s.tell("%s", says)
				s.afterStep()
			}
		}
		if s.broken == nil {
			s.rest()
		}
		told, done, err = strings.Join(s.told, "\n"), len(s.told), s.broken
	})
	return told, done, err
}
