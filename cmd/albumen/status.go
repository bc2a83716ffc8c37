package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"albumen/reconcile"
	"albumen/reconcile/status"
	"albumen/state"
)

func (a *app) statusCommand() *cobra.Command {
	var o statusOptions
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show what the last runs did",
		Long: `status shows, from memory and without a call: the last runs and their ends, the
albums, what is in doubt or quarantined, and today's calls; and, as the last run saw
them, the albums that the spec no longer names and those that no key stands for,
each with what can be done about it.

With --show-links it lists the live albums and shows the links of shared ones,
which nothing else prints: whoever has one sees the album.`,
		Example: "  albumen status --emulator\n  albumen status --show-links",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.status(cmd.Context(), o) },
	}
	f := cmd.Flags()
	f.BoolVar(&a.emulator, "emulator", false, "of the emulated account")
	f.BoolVar(&o.links, "show-links", false, "show the links of shared albums, read from the account now")
	f.StringVar(&a.endpoint, "endpoint", "", "with --show-links, the address of a Photos Library API other than Google's")
	a.credentialsFlag(cmd)
	cmd.MarkFlagsMutuallyExclusive("emulator", "endpoint")
	cmd.Flags().StringVar(&a.account, "account", "", "of this account (default: all)")
	a.completeAccounts(cmd)
	a.outputFlag(cmd)
	return cmd
}

type statusOptions struct {
	links bool
}

func (a *app) status(ctx context.Context, show statusOptions) (err error) {
	if err := a.check(); err != nil {
		return err
	}
	dir, err := a.stateFolder()
	if err != nil {
		return err
	}
	if a.emulator {
		dir = filepath.Join(dir, "emulator")
	}
	db, err := lookInto(ctx, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	o := status.Overview{At: time.Now(), Limit: (*reconcile.Budget)(nil).Limit(), Reset: reconcile.QuotaReset(time.Now())}
	clients, err := db.QuotaByClient(ctx, reconcile.QuotaDay(time.Now()))
	if err != nil {
		return err
	}
	for _, c := range clients {
		o.Clients = append(o.Clients, status.ClientOverview{Client: c.Client, Used: c.Used})
		o.Used = max(o.Used, c.Used)
	}
	names, err := db.Accounts(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if a.account != "" && a.account != name {
			continue
		}
		one, err := overview(ctx, db.Account(name), name)
		if err != nil {
			return err
		}
		if token, err := tokens(dir).Load(name); err == nil && token.Dead {
			one.AuthRequired = a.loginCommand(name)
		}
		if show.links {
			a.working = name
			if err := a.showLinks(ctx, name, &one); err != nil {
				return err
			}
		}
		o.Accounts = append(o.Accounts, one)
	}
	if len(o.Accounts) == 0 {
		return fmt.Errorf("the state in %s knows no such account", dir)
	}
	if a.output == "json" {
		return status.OverviewJSON(a.document(), o)
	}
	return status.WriteOverview(a.stdout, o, status.Style{Color: a.colored(a.stdout)})
}

// overview sums up what the state knows of one account.
func overview(ctx context.Context, account *state.Account, name string) (status.AccountOverview, error) {
	out := status.AccountOverview{Name: name}
	v, err := account.View(ctx)
	if err != nil {
		return out, err
	}
	runs, err := account.Runs(ctx, 5)
	if err != nil {
		return out, err
	}
	for _, b := range v.Albums {
		out.Albums = append(out.Albums, status.AlbumOverview{
			Key: b.Key, ID: b.ID, Title: b.Title, Items: len(v.Members[b.Key]), URL: b.ProductURL, ReadAt: b.ReadAt, Gone: !b.GoneAt.IsZero(),
		})
	}
	unsupported, err := account.Unsupported(ctx)
	if err != nil {
		return out, err
	}
	out.Unsupported = slices.Sorted(maps.Keys(unsupported))
	for _, i := range v.Intents {
		out.InDoubt = append(out.InDoubt, status.DoubtOverview{ID: i.ID, Key: i.Key, Kind: i.Kind, Since: i.OpenedAt, Note: i.Note, Lost: i.Doubt})
	}
	for _, q := range v.Quarantine {
		if q.Reason == reconcile.Suspect {
			continue
		}
		out.Quarantined = append(out.Quarantined, status.QuarantineOverview{Key: q.Key, Label: q.Label, Message: q.Message, Since: q.Since})
	}
	for _, r := range runs {
		run := status.RunOverview{Command: r.Command, Outcome: r.Outcome, StartedAt: r.StartedAt, Took: r.EndedAt.Sub(r.StartedAt)}
		if err := json.Unmarshal(r.Report, &run.Counts); err != nil {
			return out, fmt.Errorf("reading run %d: %w", r.ID, err)
		}
		out.Runs = append(out.Runs, run)
	}
	if len(runs) > 0 {
		out.Remains = stillThere(status.ReadRemains(runs[0].Report), v.Albums)
	}
	return out, nil
}

// stillThere are the orphans and strays of a run without those that a key was
// given to, or taken from, since then.
func stillThere(r status.Remains, bound []state.Album) status.Remains {
	r.Orphans = slices.DeleteFunc(r.Orphans, func(o status.OrphanOverview) bool {
		return !slices.ContainsFunc(bound, func(b state.Album) bool { return b.Key == o.Key && b.ID == o.Album })
	})
	r.Strays = slices.DeleteFunc(r.Strays, func(s status.StrayOverview) bool {
		return slices.ContainsFunc(bound, func(b state.Album) bool { return b.ID == s.Album })
	})
	return r
}
