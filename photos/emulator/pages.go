package emulator

import "net/http"

const (
	albumPath = "/lr/album/"
	photoPath = "/lr/photo/"
)

type pages struct{}

func newPages() (*pages, error) { return &pages{}, nil }

func (e *Emulator) servePage(w http.ResponseWriter, r *http.Request) { serveUnknown(w) }
