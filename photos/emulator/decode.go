package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// maxBody bounds the body of a JSON call. A full batch of 50 with descriptions
// is under 400 KB.
const maxBody = 4 << 20

// decodeJSON reads a request's body as Google's JSON transcoding does: names in
// camelCase or snake_case, numbers and bools also as strings, null for absent,
// and an error for every name that the message does not have.
func decodeJSON(body []byte, into any) *apiError {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		return malformed(body, dec.InputOffset(), err)
	}
	if rest := bytes.TrimLeft(body[dec.InputOffset():], " \t\r\n"); len(rest) > 0 {
		return malformed(body, int64(len(body)-len(rest))+1, nil)
	}
	if _, ok := value.(map[string]any); !ok {
		return invalid(`Invalid JSON payload received. Unknown name "": Root element must be a message.`)
	}
	return assign(reflect.ValueOf(into).Elem(), value, "")
}

// malformed shows where JSON ends to be JSON: the line of the place, and a caret
// under it (an issue of deivitaka/GPhotos).
func malformed(body []byte, at int64, err error) *apiError {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = syntax.Offset
	}
	at = max(0, min(at-1, int64(len(body))))
	from := max(0, at-20)
	if nl := bytes.LastIndexByte(body[from:at], '\n'); nl >= 0 {
		from += int64(nl) + 1
	}
	snippet := body[from:min(at+20, int64(len(body)))]
	if nl := bytes.IndexByte(snippet[at-from:], '\n'); nl >= 0 {
		snippet = snippet[:at-from+int64(nl)]
	}
	return invalid("Invalid JSON payload received. Unexpected token.\n%s\n%s^",
		strings.ToValidUTF8(string(snippet), "?"), strings.Repeat(" ", int(at-from)))
}

// enum is a string of which only some values are allowed, in the order of their
// numbers, by which they may be sent as well.
type enum interface {
	names() []string
	proto() string
}

// assign puts a decoded JSON value into a Go value of the shape of a message.
func assign(to reflect.Value, value any, path string) *apiError {
	if value == nil {
		return nil
	}
	if e, ok := to.Interface().(enum); ok {
		return assignEnum(to, e, value, path)
	}
	switch to.Kind() {
	case reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		return assign(to.Elem(), value, path)
	case reflect.Struct:
		return assignMessage(to, value, path)
	case reflect.Slice:
		return assignList(to, value, path)
	case reflect.String:
		s, ok := value.(string)
		if !ok {
			return badValue(path, "TYPE_STRING", value)
		}
		to.SetString(s)
	case reflect.Bool:
		return assignBool(to, value, path)
	case reflect.Int32:
		n, ok := asInt(value, math.MinInt32, math.MaxInt32)
		if !ok {
			return badValue(path, "TYPE_INT32", value)
		}
		to.SetInt(n)
	case reflect.Float64:
		f, err := strconv.ParseFloat(fmt.Sprint(value), 64)
		if _, object := value.(map[string]any); err != nil || object {
			return badValue(path, "TYPE_DOUBLE", value)
		}
		to.SetFloat(f)
	default:
		panic("emulator: a message has a field of kind " + to.Kind().String())
	}
	return nil
}

func assignMessage(to reflect.Value, value any, path string) *apiError {
	object, ok := value.(map[string]any)
	if !ok {
		return badValue(path, "message", value)
	}
	for _, name := range sortedNames(object) {
		field, ok := fieldNamed(to, name)
		if !ok {
			return unknownName(name, path)
		}
		at := snake(name)
		if path != "" {
			at = path + "." + at
		}
		if err := assign(field, object[name], at); err != nil {
			return err
		}
	}
	return nil
}

func assignList(to reflect.Value, value any, path string) *apiError {
	list, ok := value.([]any)
	if !ok {
		return badValue(path, "list", value)
	}
	out := reflect.MakeSlice(to.Type(), len(list), len(list))
	for i, v := range list {
		if err := assign(out.Index(i), v, fmt.Sprintf("%s[%d]", path, i)); err != nil {
			return err
		}
	}
	to.Set(out)
	return nil
}

func assignBool(to reflect.Value, value any, path string) *apiError {
	switch value {
	case true, "true":
		to.SetBool(true)
	case false, "false":
		to.SetBool(false)
	default:
		return badValue(path, "TYPE_BOOL", value)
	}
	return nil
}

func assignEnum(to reflect.Value, e enum, value any, path string) *apiError {
	names := e.names()
	if s, ok := value.(string); ok {
		for _, name := range names {
			if s == name {
				to.SetString(name)
				return nil
			}
		}
	}
	if n, ok := asInt(value, 0, int64(len(names))-1); ok {
		to.SetString(names[n])
		return nil
	}
	return badValue(path, "type.googleapis.com/google.photos.library.v1."+e.proto(), value)
}

// asInt reads a whole number that may be written as a string or as a float.
func asInt(value any, low, high int64) (int64, bool) {
	var text string
	switch v := value.(type) {
	case json.Number:
		text = v.String()
	case string:
		text = v
	default:
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
			return 0, false
		}
		n = int64(f)
	}
	return n, n >= low && n <= high
}

// fieldNamed finds a message's field by its JSON name or its proto name.
func fieldNamed(message reflect.Value, name string) (reflect.Value, bool) {
	t := message.Type()
	for i := range t.NumField() {
		tag, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if tag == name || snake(tag) == name {
			return message.Field(i), true
		}
	}
	return reflect.Value{}, false
}

// snake turns a JSON name into a proto name.
func snake(camel string) string {
	var b strings.Builder
	for _, r := range camel {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

func unknownName(name, path string) *apiError {
	if path == "" {
		return invalid("Invalid JSON payload received. Unknown name %q: Cannot find field.", name)
	}
	return invalid("Invalid JSON payload received. Unknown name %q at '%s': Cannot find field.", name, path)
}

func badValue(path, kind string, value any) *apiError {
	text, err := json.Marshal(value)
	if err != nil || len(text) > 100 {
		text = []byte("...")
	}
	return invalid("Invalid value at '%s' (%s), %s", path, kind, text)
}

// sortedNames are an object's names in order, so that of several errors always
// the same one is told.
func sortedNames(object map[string]any) []string {
	return slices.Sorted(maps.Keys(object))
}
