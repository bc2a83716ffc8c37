package emulator

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Choice describes a field of Choices, for those who set it by its name.
type Choice struct {
	Name   string
	Values []string // what it may be; nil for a number or a duration
	Says   string   // what it does, in a few words
}

// ChoicesByName lists the choices in the order of their fields.
func ChoicesByName() []Choice {
	t := reflect.TypeFor[Choices]()
	out := make([]Choice, t.NumField())
	for i := range out {
		field := t.Field(i)
		out[i] = Choice{Name: choiceName(field.Name), Says: field.Tag.Get("says")}
		switch values := field.Tag.Get("values"); {
		case values != "":
			out[i].Values = strings.Split(values, ",")
		case field.Type.Kind() == reflect.Bool:
			out[i].Values = []string{"true", "false"}
		}
	}
	return out
}

// choiceName is a field's name with small letters in front: OKOnPartialSuccess is
// okOnPartialSuccess.
func choiceName(field string) string {
	n := 1
	for n+1 < len(field) && field[n] >= 'A' && field[n] <= 'Z' && field[n+1] >= 'A' && field[n+1] <= 'Z' {
		n++
	}
	return strings.ToLower(field[:n]) + field[n:]
}

// Set sets the choice of a name to a value as text.
func (c *Choices) Set(name, value string) error {
	known := ChoicesByName()
	at := slices.IndexFunc(known, func(k Choice) bool { return k.Name == name })
	if at < 0 {
		names := make([]string, len(known))
		for i, k := range known {
			names[i] = k.Name
		}
		return fmt.Errorf("there is no choice %q; the nearest is %q", name, nearest(name, names))
	}
	field := reflect.ValueOf(c).Elem().Field(at)
	tag := reflect.TypeFor[Choices]().Field(at).Tag
	var err error
	switch field.Interface().(type) {
	case bool:
		var b bool
		if b, err = strconv.ParseBool(value); err != nil {
			return fmt.Errorf("%s is true or false, not %q", name, value)
		}
		field.SetBool(b)
	case int:
		var n int
		if n, err = strconv.Atoi(value); err != nil || n < 0 {
			return fmt.Errorf("%s is a whole number, not %q", name, value)
		}
		field.SetInt(int64(n))
	case time.Duration:
		var d time.Duration
		if d, err = time.ParseDuration(value); err != nil || d < 0 {
			return fmt.Errorf(`%s is a duration like "30s", not %q`, name, value)
		}
		field.SetInt(int64(d))
	default:
		if err := checkValues(name, value, known[at].Values, tag.Get("list") != ""); err != nil {
			return err
		}
		field.SetString(value)
	}
	return nil
}

// check refuses values that Set would refuse, in fields that were set from Go.
func (c Choices) check() error {
	v := reflect.ValueOf(c)
	for i, k := range ChoicesByName() {
		if v.Field(i).Kind() != reflect.String {
			continue
		}
		list := v.Type().Field(i).Tag.Get("list") != ""
		if err := checkValues(k.Name, v.Field(i).String(), k.Values, list); err != nil {
			return err
		}
	}
	return nil
}

// checkValues refuses a value that is none of a choice's; "" is the likeliest
// answer. A list has several with commas.
func checkValues(name, value string, allowed []string, list bool) error {
	parts := []string{value}
	if list {
		parts = strings.Split(value, ",")
	}
	for _, part := range parts {
		if value != "" && allowed != nil && !slices.Contains(allowed, part) {
			return fmt.Errorf("%s is one of %s, not %q; the nearest is %q", name, strings.Join(allowed, ", "), part, nearest(part, allowed))
		}
	}
	return nil
}

// nearest is the one of several names that is the fewest changes of a letter
// away.
func nearest(name string, names []string) string {
	best, least := "", -1
	for _, other := range names {
		if d := distance(strings.ToLower(name), strings.ToLower(other)); least < 0 || d < least {
			best, least = other, d
		}
	}
	return best
}

// distance counts the letters to change, add or take away between two words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
