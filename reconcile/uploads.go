package reconcile

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"sync"

	"albumen/photos"
	"albumen/reconcile/plan"
	"albumen/spec"
)

// errChanged says that a file was written to while it was read. Its bytes were
// sent, but nothing is made of them.
var errChanged = errors.New("the file changed while it was read; the next look takes its new bytes")

// uploads sends the bytes of a plan's new files, several at a time and ahead of
// the actions that need them. Bytes make nothing visible, and their tokens are
// remembered for a day, so that a crash sends nothing twice that arrived.
type uploads struct {
	tickets map[spec.Digest]*ticket
	done    sync.WaitGroup
}

// ticket is one file on its way.
type ticket struct {
	member *spec.Member
	ready  chan struct{} // closed when token and err are final
	token  photos.UploadToken
	err    error
}

// startUploads begins to send the files of a pass in the order in which its
// actions need them. The first error that stops the account stops them all.
func (r *Reconciler) startUploads(ctx context.Context, p *Pass, cancel context.CancelCauseFunc) *uploads {
	u := &uploads{tickets: map[spec.Digest]*ticket{}}
	var order []*ticket
	for i := range p.Plan.Actions {
		if p.Plan.Actions[i].Kind != plan.CreateItems {
			continue
		}
		for _, item := range p.Plan.Actions[i].Items {
			if u.tickets[item.Member.Digest] == nil {
				t := &ticket{member: item.Member, ready: make(chan struct{})}
				u.tickets[item.Member.Digest] = t
				order = append(order, t)
			}
		}
	}
	queue := make(chan *ticket)
	u.done.Go(func() {
		defer close(queue)
		for i, t := range order {
			select {
			case queue <- t:
			case <-ctx.Done():
				for _, t := range order[i:] {
					t.err = context.Cause(ctx)
					close(t.ready)
				}
				return
			}
		}
	})
	for range min(r.o.Uploads, len(order)) {
		u.done.Go(func() {
			for t := range queue {
				t.token, t.err = r.upload(ctx, p.mem, t.member)
				kind := Uploaded
				if t.err != nil {
					kind = UploadFailed
				}
				if fatal := stops(t.err); fatal != nil {
					cancel(fatal)
				}
				r.o.Events(Event{Kind: kind, Label: t.member.Label, Err: t.err})
				close(t.ready)
			}
		})
	}
	return u
}

// stop ends the sending and waits for it.
func (u *uploads) stop(cancel context.CancelCauseFunc) {
	cancel(context.Canceled)
	u.done.Wait()
}

// wait returns the entries of an action whose bytes have arrived; what did not
// is noted as refused.
func (u *uploads) wait(ctx context.Context, a *plan.Action, res *Result) []entry {
	var entries []entry
	for _, item := range a.Items {
		t := u.tickets[item.Member.Digest]
		<-t.ready
		switch {
		case t.err == nil:
			entries = append(entries, entry{Item: item, Token: t.token})
		case stops(t.err) != nil:
			res.Err = t.err
			return nil
		default:
			res.Refused = append(res.Refused, Refusal{Label: item.Label(), Message: t.err.Error()})
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	return entries
}

// upload sends one file unless Google holds its bytes already, and makes sure
// that what arrived is what was planned.
func (r *Reconciler) upload(ctx context.Context, mem *memory, m *spec.Member) (photos.UploadToken, error) {
	if token, err := mem.token(ctx, m.Digest); err != nil || token != "" {
		return token, err
	}
	begun, err := mem.session(ctx, m)
	if err != nil {
		return "", err
	}
	var sum *digesting
	var kept error // why the token that came with a session could not be kept
	arrived := func(token photos.UploadToken) error {
		if sum == nil || sum.digest() != m.Digest {
			return errors.Join(errChanged, mem.keepSession(ctx, m, photos.Session{}))
		}
		return mem.uploaded(ctx, m, token)
	}
	token, err := r.o.Writer.Upload(ctx, photos.Upload{
		FileName: m.Name,
		Size:     m.Size,
		Open: func() (io.ReadCloser, error) {
			f, err := os.Open(m.File)
			if err != nil {
				return nil, err
			}
			if info, err := f.Stat(); err != nil || info.Size() != m.Size {
				return nil, errors.Join(err, f.Close(), errChanged)
			}
			sum = &digesting{ReadCloser: f, hash: sha256.New()}
			return sum, nil
		},
		OnBytes: func(n int64) { r.o.Events(Event{Kind: Uploading, Label: m.Label, Bytes: n}) },
		Session: begun,
		OnSession: func(s photos.Session) {
			switch {
			case s.Token != "":
				kept = arrived(s.Token)
			case s.URL != begun.URL:
				begun = s
				kept = mem.keepSession(ctx, m, s)
			}
		},
	})
	switch {
	case err != nil:
		return "", errors.Join(fmt.Errorf("sending %s: %w", m.Label, err), kept)
	case begun.URL != "":
		return token, kept
	}
	return token, arrived(token)
}

// digesting hashes what is read through it. It can't be sought, so that an upload
// that goes on in the middle is read from the start, and all of it is hashed.
type digesting struct {
	io.ReadCloser

	mu   sync.Mutex // the transport may look for the end when the answer is there
	hash hash.Hash
}

func (d *digesting) Read(p []byte) (int, error) {
	n, err := d.ReadCloser.Read(p)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hash.Write(p[:n])
	return n, err
}

// digest is that of what was read so far.
func (d *digesting) digest() spec.Digest {
	d.mu.Lock()
	defer d.mu.Unlock()
	return spec.Digest(d.hash.Sum(nil))
}
