package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// ParseFault reads a fault as a command line has it: METHOD:KIND, and after commas
// its other fields by their JSON names.
//
//	albums.create:lose_answer,nth=2
//	*:error,status=503,probability=0.05,times=-1
//	mediaItems.batchCreate:fail_entry,item=IMG_7.jpg,code=3
//
// A message, which may have commas, comes last.
func ParseFault(text string) (Fault, error) {
	head, rest, _ := strings.Cut(text, ",")
	method, kind, ok := strings.Cut(head, ":")
	if !ok {
		return Fault{}, fmt.Errorf(`fault %q: expected METHOD:KIND, as in "albums.create:lose_answer,nth=2"`, text)
	}
	f := Fault{Method: method, Kind: kind}
	for rest != "" {
		var part string
		if strings.HasPrefix(rest, "message=") {
			part, rest = rest, ""
		} else {
			part, rest, _ = strings.Cut(rest, ",")
		}
		name, value, given := strings.Cut(part, "=")
		if err := f.set(name, value, given); err != nil {
			return Fault{}, fmt.Errorf("fault %q: %w", text, err)
		}
	}
	return f, nil
}

// set sets a field by its JSON name. A bool alone is true.
func (f *Fault) set(name, value string, given bool) error {
	v := reflect.ValueOf(f).Elem()
	names := make([]string, v.NumField())
	for i := range names {
		names[i], _, _ = strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
	}
	at := slices.Index(names, name)
	if at < 0 {
		return fmt.Errorf("it has no %q; %s", name, meant(name, names))
	}
	field := v.Field(at)
	switch field.Kind() {
	case reflect.String:
		value = strconv.Quote(value)
	case reflect.Bool:
		if !given {
			value = "true"
		}
	}
	if err := json.Unmarshal([]byte(value), field.Addr().Interface()); err != nil {
		var syntax *json.SyntaxError
		var kind *json.UnmarshalTypeError
		if errors.As(err, &syntax) || errors.As(err, &kind) {
			return fmt.Errorf("%s is no %s: %q", name, field.Kind(), value)
		}
		return err
	}
	return nil
}
