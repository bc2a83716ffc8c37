package emulator

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
)

const (
	albumPath = "/lr/album/" // as in productUrl
	photoPath = "/lr/photo/"
)

// web holds the templates and the style of the pages.
//
//go:embed web
var web embed.FS

// pages shows the account to people.
type pages struct{ templates *template.Template }

func newPages() (*pages, error) {
	t, err := template.New("pages").Funcs(template.FuncMap{"count": counted, "half": func(n int) float64 { return float64(n) / 2 }}).ParseFS(web, "web/pages.html", "web/consent.html")
	if err != nil {
		return nil, fmt.Errorf("read the pages' templates: %w", err)
	}
	return &pages{templates: t}, nil
}

// counted is a number with its noun: "1 item", "2 items".
func counted(noun string, n int) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// servePage answers what is no API: pages, their style and their icon.
func (e *Emulator) servePage(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	switch path := r.URL.Path; path {
	case "/style.css", "/icon.svg":
		serveAsset(w, r, path)
	default:
		name, view := e.view(r)
		e.render(w, name, view)
	}
}

func serveAsset(w http.ResponseWriter, r *http.Request, path string) {
	pageHeaders(w)
	w.Header().Set("Cache-Control", "max-age=600")
	files, err := fs.Sub(web, "web")
	if err != nil {
		http.Error(w, "500", http.StatusInternalServerError)
		return
	}
	http.ServeFileFS(w, r, files, strings.TrimPrefix(path, "/"))
}

// pageHeaders let a page load our own style and pictures and nothing else, run
// nothing, and stand in nobody's frame. The style attribute carries shapes.
func pageHeaders(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'self'; "+
		"style-src-attr 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
}

// render sends a page.
func (e *Emulator) render(w http.ResponseWriter, name string, view any) {
	status := http.StatusOK
	if name == "missing" {
		status = http.StatusNotFound
	}
	e.renderWith(w, name, view, status, func(http.Header) {})
}

// renderWith sends a page whose headers may differ. It is made whole first, so
// that a failure is no half page.
func (e *Emulator) renderWith(w http.ResponseWriter, name string, view any, status int, adjust func(http.Header)) {
	var buf bytes.Buffer
	if err := e.pages.templates.ExecuteTemplate(&buf, name, view); err != nil {
		e.opts.Logger.Error("page failed", slog.String("page", name), slog.Any("error", err))
		http.Error(w, "500", http.StatusInternalServerError)
		return
	}
	pageHeaders(w)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	adjust(w.Header())
	w.WriteHeader(status)
	w.Write(buf.Bytes())
}

// view finds the page of an address, and what it shows.
func (e *Emulator) view(r *http.Request) (name string, view any) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	w := e.world
	from, _ := strconv.Atoi(r.URL.Query().Get("from"))
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case r.URL.Path == "/":
		return "account", w.accountView(e.baseOf(r))
	case r.URL.Path == "/photos":
		return "album", w.libraryView(from)
	case r.URL.Path == "/trash":
		return "album", w.trashView(from, e.opts.Now())
	case len(parts) == 2 && parts[0] == "trash":
		if n, ok := w.ids.number(itemKind, parts[1]); ok && int(n) < len(w.items) && w.items[n].Trashed && !w.items[n].lost(e.opts.Now()) {
			return "photo", w.photoView(n, nil)
		}
	case len(parts) == 3 && parts[0] == "lr" && parts[1] == "photo":
		if n, it, _ := w.item(parts[2]); it != nil {
			return "photo", w.photoView(n, nil)
		}
	case len(parts) >= 3 && parts[0] == "lr" && parts[1] == "album":
		a, _ := w.album(parts[2])
		if a != nil && len(parts) == 3 {
			return "album", w.albumView(a, from)
		}
		if a != nil && len(parts) == 5 && parts[3] == "photo" {
			if n, it, _ := w.item(parts[4]); it != nil && a.has(n) {
				return "photo", w.photoView(n, a)
			}
		}
	}
	return "missing", nil
}
