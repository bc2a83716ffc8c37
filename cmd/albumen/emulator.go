package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"albumen/photos/emulator"
)

func (a *app) emulatorCommand() *cobra.Command {
	var listen string
	var memory bool
	cmd := &cobra.Command{
		Use:   "emulator",
		Short: "Serve an emulated Google Photos",
		Long: `emulator serves the emulated account of the state folder: the Photos Library API
for albumen and other clients, its albums as pages for a browser, and a control
API under /_emulator/ for tests. It is what --emulator works on.`,
		Example: "  albumen emulator\n  albumen emulator --memory --listen 127.0.0.1:9000",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.serveEmulator(cmd.Context(), listen, memory)
		},
	}
	cmd.Flags().StringVar(&listen, "listen", pagesAddress, "the address to serve at")
	cmd.Flags().BoolVar(&memory, "memory", false, "serve a new, empty account that is forgotten at the end")
	return cmd
}

func (a *app) serveEmulator(ctx context.Context, listen string, memory bool) (err error) {
	if err := a.check(); err != nil {
		return err
	}
	log, err := a.logger()
	if err != nil {
		return err
	}
	dir, err := a.stateFolder()
	if err != nil {
		return err
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", listen)
	if err != nil {
		return fmt.Errorf("serving the emulator: %w; name another address with --listen", err)
	}
	o := emulator.Options{Address: listener.Addr().String(), BaseURL: "http://" + listener.Addr().String(), Logger: log}
	where := "in memory"
	if !memory {
		o.Dir = filepath.Join(dir, "emulator", "world")
		where = "of " + o.Dir
	}
	e, err := emulator.Open(o)
	if err != nil {
		return errors.Join(fmt.Errorf("opening the emulated account: %w", err), listener.Close())
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	fmt.Fprintf(a.stdout, "Google Photos, emulated, %s\n  albums   http://%s/\n  API      http://%s/v1/   (any bearer token; albumen … --endpoint http://%s)\n  OAuth    http://%s/_emulator/credentials.json   (save it for albumen auth login --credentials)\n  control  http://%s/_emulator/world\nCtrl-C ends it.\n",
		where, o.Address, o.Address, o.Address, o.Address, o.Address)
	return serve(ctx, listener, e)
}

// serve serves until ctx ends, then lets the calls under way end.
func serve(ctx context.Context, listener net.Listener, h http.Handler) error {
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := server.Shutdown(end)
	<-failed
	return err
}
