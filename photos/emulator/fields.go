package emulator

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
)

// fieldMask is what the query parameter fields asks to see of an answer: names,
// each with what is asked of it, nil for all. "*" is every name.
//
//	nextPageToken,albums(id,title)   two fields, of the second two of its own
//	albums/id                        the same with a slash
//	albums(*)                        all
type fieldMask map[string]fieldMask

// parseFields reads a mask. The grammar is that of Google's guides to partial
// responses; a production client uses it on Photos to shrink answers.
func parseFields(text string) (fieldMask, bool) {
	p := fieldParser{rest: text}
	mask, ok := p.list(0)
	return mask, ok && p.rest == ""
}

type fieldParser struct{ rest string }

// maxFieldDepth bounds how deep parentheses may nest.
const maxFieldDepth = 20

func (p *fieldParser) list(depth int) (fieldMask, bool) {
	mask := fieldMask{}
	for {
		if !p.selector(mask, depth) {
			return nil, false
		}
		rest, more := strings.CutPrefix(p.rest, ",")
		if !more {
			return mask, true
		}
		p.rest = rest
	}
}

// selector reads name, name/selector or name(list) into a mask.
func (p *fieldParser) selector(into fieldMask, depth int) bool {
	p.rest = strings.TrimLeft(p.rest, " ")
	end := strings.IndexAny(p.rest, ",()/")
	if end < 0 {
		end = len(p.rest)
	}
	name := jsonName(strings.TrimSpace(p.rest[:end]))
	if name == "" || depth > maxFieldDepth {
		return false
	}
	p.rest = p.rest[end:]
	have, there := into[name]
	if !strings.HasPrefix(p.rest, "/") && !strings.HasPrefix(p.rest, "(") {
		into[name] = nil
		return true
	}
	sub := fieldMask{}
	ok := false
	if p.rest[0] == '/' {
		p.rest = p.rest[1:]
		ok = p.selector(sub, depth+1)
	} else {
		p.rest = p.rest[1:]
		if sub, ok = p.list(depth + 1); ok {
			p.rest, ok = strings.CutPrefix(p.rest, ")")
		}
	}
	if there {
		sub = merged(have, sub)
	}
	into[name] = sub
	return ok
}

// merged is what two masks of one field ask for together.
func merged(a, b fieldMask) fieldMask {
	if a == nil || b == nil {
		return nil
	}
	out := fieldMask{}
	for name, sub := range a {
		out[name] = sub
	}
	for name, sub := range b {
		if have, there := out[name]; there {
			sub = merged(have, sub)
		}
		out[name] = sub
	}
	return out
}

// under is what the mask asks of a field.
func (m fieldMask) under(name string) (sub fieldMask, asked bool) {
	if m == nil {
		return nil, true
	}
	sub, asked = m[name]
	if every, all := m["*"]; all && asked {
		return merged(sub, every), true
	} else if all {
		return every, true
	}
	return sub, asked
}

// unknown finds a path of the mask that a message does not have; "" for none.
func (m fieldMask) unknown(message reflect.Type, path string) string {
	for message.Kind() == reflect.Pointer || message.Kind() == reflect.Slice {
		message = message.Elem()
	}
	for name, sub := range m {
		at := name
		if path != "" {
			at = path + "." + name
		}
		if name == "*" || message.Kind() == reflect.Interface {
			continue
		}
		if message.Kind() != reflect.Struct {
			return at
		}
		field, ok := fieldType(message, name)
		if !ok {
			return at
		}
		if sub != nil {
			if bad := sub.unknown(field, at); bad != "" {
				return bad
			}
		}
	}
	return ""
}

// fieldType is the type of a message's field by its JSON name.
func fieldType(message reflect.Type, name string) (reflect.Type, bool) {
	for i := range message.NumField() {
		tag, _, _ := strings.Cut(message.Field(i).Tag.Get("json"), ",")
		if tag == name {
			return message.Field(i).Type, true
		}
	}
	return nil, false
}

// The answers that have no other name.
type (
	getAnswer struct {
		MediaItemResults []itemResult `json:"mediaItemResults"`
	}
	createAnswer struct {
		NewMediaItemResults []newItemResult `json:"newMediaItemResults"`
	}
	enrichmentAnswer struct {
		EnrichmentItem struct {
			ID string `json:"id"`
		} `json:"enrichmentItem"`
	}
)

// answers are the messages of the methods' answers, against which fields is
// checked before a method does anything.
func answers() map[string]reflect.Type {
	album, item := reflect.TypeFor[wireAlbum](), reflect.TypeFor[wireItem]()
	return map[string]reflect.Type{
		"albums.create": album, "albums.get": album, "albums.patch": album, "sharedAlbums.get": album,
		"albums.list":               reflect.TypeFor[albumList](),
		"albums.addEnrichment":      reflect.TypeFor[enrichmentAnswer](),
		"mediaItems.get":            item,
		"mediaItems.patch":          item,
		"mediaItems.list":           reflect.TypeFor[itemPage](),
		"mediaItems.search":         reflect.TypeFor[itemPage](),
		"mediaItems.batchGet":       reflect.TypeFor[getAnswer](),
		"mediaItems.batchCreate":    reflect.TypeFor[createAnswer](),
		"albums.batchAddMediaItems": reflect.TypeFor[struct{}](), "albums.batchRemoveMediaItems": reflect.TypeFor[struct{}](),
		"albums.share": reflect.TypeFor[shareAnswer](), "albums.unshare": reflect.TypeFor[struct{}](),
		"sharedAlbums.list": reflect.TypeFor[sharedAlbumList](),
		"sharedAlbums.join": reflect.TypeFor[joinAnswer](), "sharedAlbums.leave": reflect.TypeFor[struct{}](),
	}
}

// readFields reads the parameter fields, nil without. The refusal is as clients
// of Google's APIs quote it.
func (c *call) readFields() (fieldMask, error) {
	text := c.params.Get("fields")
	if text == "" || c.method.flat {
		return nil, nil
	}
	mask, ok := parseFields(text)
	bad := text
	if ok {
		bad = ""
		if message := c.answers[c.method.name]; message != nil {
			bad = mask.unknown(message, "")
		}
	}
	if bad == "" {
		return mask, nil
	}
	type object = map[string]any
	err := invalid("Request contains an invalid argument.")
	err.details = []any{object{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": []object{{
		"field": text, "description": "Error expanding 'fields' parameter. Cannot find matching fields for path '" + bad + "'."}}}}
	return nil, err
}

// of is the part of an answer that the mask asks for.
func (m fieldMask) of(answer any) (any, error) {
	if m == nil {
		return answer, nil
	}
	if p, ok := answer.(partial); ok {
		shown, err := m.of(p.answer)
		return partial{shown}, err
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(answer); err != nil {
		return nil, err
	}
	dec := json.NewDecoder(&buf)
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		return nil, err
	}
	return m.pick(value), nil
}

// pick leaves out what the mask does not ask for. An object that has nothing
// left is shown empty, as Google does.
func (m fieldMask) pick(value any) any {
	if m == nil {
		return value
	}
	switch v := value.(type) {
	case []any:
		for i := range v {
			v[i] = m.pick(v[i])
		}
	case map[string]any:
		for name := range v {
			sub, asked := m.under(name)
			if !asked || sub != nil && scalar(v[name]) {
				delete(v, name)
				continue
			}
			v[name] = sub.pick(v[name])
		}
	}
	return value
}

// scalar reports whether a value has nothing inside to ask for.
func scalar(value any) bool {
	switch value.(type) {
	case []any, map[string]any:
		return false
	}
	return true
}

// jsonName turns a proto name into a JSON name, and leaves one as it is.
func jsonName(proto string) string {
	var b strings.Builder
	up := false
	for _, r := range proto {
		if r == '_' {
			up = true
			continue
		}
		if up && r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		up = false
		b.WriteRune(r)
	}
	return b.String()
}
