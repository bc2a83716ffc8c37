package emulator

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Choice describes a field of Choices, or a limit of Options, for those who set it
// by its name.
type Choice struct {
	Name   string
	Values []string // what it may be; nil for a number, a duration or a text
	Says   string   // what it does, in a few words
}

// ChoicesByName lists the choices in the order of their fields.
func ChoicesByName() []Choice {
	t := reflect.TypeFor[Choices]()
	out := make([]Choice, t.NumField())
	for i := range out {
		out[i] = choiceOf(t.Field(i))
	}
	return out
}

// LimitsByName lists the fields of Options that Options.Set sets, but for the
// choices.
func LimitsByName() []Choice {
	var out []Choice
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Options]()) {
		if field.Tag.Get("says") != "" {
			out = append(out, choiceOf(field))
		}
	}
	return out
}

func choiceOf(field reflect.StructField) Choice {
	out := Choice{Name: choiceName(field.Name), Says: field.Tag.Get("says")}
	switch values := field.Tag.Get("values"); {
	case values != "":
		out.Values = strings.Split(values, ",")
	case field.Type.Kind() == reflect.Bool:
		out.Values = []string{"true", "false"}
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

// Set sets a choice or a limit by its name to a value as text.
func (o *Options) Set(name, value string) error {
	names := []string{}
	for _, k := range append(ChoicesByName(), LimitsByName()...) {
		names = append(names, k.Name)
	}
	if !slices.Contains(names, name) {
		return fmt.Errorf("there is no choice %q; %s", name, meant(name, names))
	}
	v := reflect.ValueOf(o).Elem()
	for _, field := range reflect.VisibleFields(v.Type()) {
		if field.Tag.Get("says") != "" && choiceName(field.Name) == name {
			return setField(v.FieldByIndex(field.Index), choiceOf(field), field.Tag, value)
		}
	}
	return o.Choices.Set(name, value)
}

// Set sets the choice of a name to a value as text.
func (c *Choices) Set(name, value string) error {
	v, names := reflect.ValueOf(c).Elem(), []string{}
	for i, k := range ChoicesByName() {
		if k.Name == name {
			return setField(v.Field(i), k, v.Type().Field(i).Tag, value)
		}
		names = append(names, k.Name)
	}
	return fmt.Errorf("there is no choice %q; %s", name, meant(name, names))
}

// byName is the choices that are not the likeliest, by their names.
func (c Choices) byName() map[string]string {
	out := map[string]string{}
	v := reflect.ValueOf(c)
	for i, k := range ChoicesByName() {
		if field := v.Field(i); !field.IsZero() {
			out[k.Name] = fmt.Sprint(field.Interface())
		}
	}
	return out
}

// chooseByName replaces the choices by those that are named; all others are the
// likeliest.
func (e *Emulator) chooseByName(set map[string]any) error {
	var c Choices
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if err := c.Set(name, fmt.Sprint(set[name])); err != nil {
			return err
		}
	}
	return e.SetChoices(c)
}

// setField sets a field to a value as text.
func setField(field reflect.Value, k Choice, tag reflect.StructTag, value string) error {
	switch field.Interface().(type) {
	case bool:
		b, err := strconv.ParseBool(value)
		if err != nil {
			return fmt.Errorf("%s is true or false, not %q", k.Name, value)
		}
		field.SetBool(b)
	case time.Duration:
		d, err := time.ParseDuration(value)
		if err != nil || d < 0 {
			return fmt.Errorf(`%s is a duration like "30s", not %q`, k.Name, value)
		}
		field.SetInt(int64(d))
	case int, int64:
		n, err := strconv.ParseInt(value, 10, field.Type().Bits())
		if err != nil || n < -1 {
			return fmt.Errorf("%s is a whole number, not %q", k.Name, value)
		}
		field.SetInt(n)
	default:
		if err := checkValues(k.Name, value, k.Values, tag.Get("list") != ""); err != nil {
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
			err := fmt.Errorf("%s is one of %s, not %q", name, strings.Join(allowed, ", "), part)
			if near := nearest(part, allowed); near != "" {
				err = fmt.Errorf("%w; the nearest is %q", err, near)
			}
			return err
		}
	}
	return nil
}

// meant ends the refusal of a name that is none: with the one that was meant, or
// with all there are.
func meant(name string, names []string) string {
	if near := nearest(name, names); near != "" {
		return fmt.Sprintf("the nearest is %q", near)
	}
	return "there are " + strings.Join(names, ", ")
}

// nearest is the one of several names that is the fewest changes of a letter
// away, "" if that is more than every third letter: nobody meant that one.
func nearest(name string, names []string) string {
	best, least := "", -1
	for _, other := range names {
		d := distance(strings.ToLower(name), strings.ToLower(other))
		if 3*d <= max(len(name), len(other)) && (least < 0 || d < least) {
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
