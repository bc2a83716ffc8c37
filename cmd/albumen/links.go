package main

import (
	"context"
	"errors"
	"fmt"

	"albumen/photos"
	"albumen/reconcile/status"
)

// showLinks reads the links of an account's shared albums with one sweep. They are
// remembered nowhere, because whoever has one sees the album.
func (a *app) showLinks(ctx context.Context, name string, o *status.AccountOverview) (err error) {
	log, err := a.logger()
	if err != nil {
		return err
	}
	s := &session{log: log}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := a.connect(ctx, s, toLook, "status", name, watcher{}); err != nil {
		return err
	}
	links := map[string]string{}
	var w photos.Walk
	for !w.Over() {
		page, err := s.client.ListAlbums(ctx, photos.ListAlbums{PageSize: photos.MaxAlbumsPage, PageToken: w.Token()})
		if err != nil {
			return fmt.Errorf("listing the albums: %w", err)
		}
		albums, err := w.Albums(page)
		if err != nil {
			return fmt.Errorf("listing the albums: %w", err)
		}
		for _, album := range albums {
			if album.Share != nil {
				links[string(album.ID)] = string(album.Share.Link)
			}
		}
	}
	for i := range o.Albums {
		o.Albums[i].Link = links[o.Albums[i].ID]
	}
	if len(links) == 0 {
		fmt.Fprintf(a.stderr, "note: no album of the account %s shows a link; Google tells apps of none since 2025-03-31\n", name)
	}
	return nil
}
