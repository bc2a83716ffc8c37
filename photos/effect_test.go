package photos_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"albumen/photos"
)

// The rows are those of EffectOf's comment, in its order.
func TestEffectOfTellsWhatAFailedCallMayHaveChanged(t *testing.T) {
	const none, unknown = photos.EffectNone, photos.EffectUnknown
	create := func(ctx context.Context, c *photos.Client) error {
		_, err := c.CreateAlbum(ctx, "Trip")
		return err
	}
	// answered is the error of a write that is answered so.
	answered := func(h http.HandlerFunc) func(*testing.T) error {
		return func(t *testing.T) error { return create(t.Context(), served(t, h)) }
	}
	// optioned is the error of a write by a client with these options, whose
	// server must never be reached.
	optioned := func(o photos.Options) func(*testing.T) error {
		return func(t *testing.T) error {
			o.Endpoint = memoryEndpoint
			if o.Transport == nil {
				o.Transport = roundTrips(func(r *http.Request) (*http.Response, error) {
					t.Errorf("%s %s was sent", r.Method, r.URL)
					return nil, io.EOF
				})
			}
			return create(t.Context(), newClient(t, o))
		}
	}
	type worlds map[string]func(*testing.T) error
	for _, row := range []struct {
		kind   string
		worlds worlds
		want   photos.Effect
	}{
		{"no byte of it was sent", worlds{
			"connection refused": func(t *testing.T) error {
				l, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				_ = l.Close()
				return create(t.Context(), newClient(t, photos.Options{Endpoint: "http://" + l.Addr().String()}))
			},
			"no such host": optioned(photos.Options{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
				return nil, &net.DNSError{Err: "no such host", Name: "photoslibrary.googleapis.com", IsNotFound: true}
			}}}),
			"a dial that fails below a transport that tells nothing": optioned(photos.Options{Transport: roundTrips(func(*http.Request) (*http.Response, error) {
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("network is unreachable")}
			})}),
			"TLS": func(t *testing.T) error {
				return create(t.Context(), newClient(t, photos.Options{Endpoint: newTLS(t, answers(200, "{}")).URL}))
			},
		}, none},
		{"the budget or a read-only client refused, or no token came", worlds{
			"budget":          optioned(photos.Options{Budget: &counted{refuse: 1}}),
			"read-only":       optioned(photos.Options{ReadOnly: true}),
			"no token":        optioned(photos.Options{Token: func(context.Context) (string, error) { return "", errors.New("invalid_grant") }}),
			"an empty token":  optioned(photos.Options{Token: func(context.Context) (string, error) { return "", nil }}),
			"a token of rows": optioned(photos.Options{Token: func(context.Context) (string, error) { return "a\r\nHost: b", nil }}),
		}, none},
		{"the context ended before it was sent", worlds{
			"cancelled": func(t *testing.T) error {
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				return create(ctx, newClient(t, photos.Options{Endpoint: memoryEndpoint}))
			},
			"cancelled by the token's maker": func(t *testing.T) error {
				ctx, cancel := context.WithCancel(t.Context())
				return create(ctx, newClient(t, photos.Options{Endpoint: memoryEndpoint, Token: func(context.Context) (string, error) {
					cancel()
					return "t", nil
				}}))
			},
		}, none},
		{"it breaks one of the API's known limits", worlds{
			"title": func(t *testing.T) error {
				_, err := newClient(t, photos.Options{}).CreateAlbum(t.Context(), strings.Repeat("ü", 501))
				return err
			},
		}, none},
		{"an answer 4xx", worlds{
			"400": answered(answers(400, `{"error":{"code":400,"message":"m","status":"INVALID_ARGUMENT"}}`)),
			"401": answered(answers(401, `{"error":{"code":401}}`)),
			"403": answered(answers(403, `{}`)),
			"404": answered(answers(404, `<html>`)),
			"413": answered(answers(413, ``)),
			"429": answered(answers(429, `{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}`)),
		}, none},
		{"an answer 5xx", worlds{
			"500": answered(answers(500, `{"error":{"code":500,"message":"Internal error encountered.","status":"INTERNAL"}}`)),
			"502": answered(answers(502, `<html>`)),
			"503": answered(answers(503, ``)),
		}, unknown},
		{"an answer 3xx", worlds{
			"302": answered(func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "https://login.example/?continue=secret", http.StatusFound)
			}),
			"304": answered(answers(304, "")),
		}, unknown},
		{"the connection broke after a byte was sent", worlds{
			"by the server": answered(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }),
			"below a transport that tells nothing": optioned(photos.Options{Transport: roundTrips(func(*http.Request) (*http.Response, error) {
				return nil, io.ErrUnexpectedEOF
			})}),
		}, unknown},
		{"the time ran out, or the context ended, after a byte was sent", worlds{
			"cancelled": cancelled(create, func(_ http.ResponseWriter, r *http.Request, cancel func()) {
				cancel()
				<-r.Context().Done()
			}),
			"cancelled while the answer comes": cancelled(create, func(w http.ResponseWriter, r *http.Request, cancel func()) {
				_, _ = io.WriteString(w, `{"id":`)
				_ = http.NewResponseController(w).Flush()
				cancel()
				<-r.Context().Done()
			}),
		}, unknown},
		{"an answer 2xx that broke off, is too large or makes no sense", worlds{
			"broke off": answered(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "1000")
				_, _ = io.WriteString(w, `{"id":"a"`)
			}),
			"too large": answered(func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, `{"id":"`)
				for chunk := bytes.Repeat([]byte("a"), 1<<20); ; {
					if _, err := w.Write(chunk); err != nil {
						return
					}
				}
			}),
			"HTML":                 answered(answers(200, `<!DOCTYPE html><title>Log in</title>`)),
			"empty":                answered(answers(200, ``)),
			"null":                 answered(answers(200, `null`)),
			"a list":               answered(answers(200, `[]`)),
			"an error":             answered(answers(200, ` { "error": {"code": 500}}`)),
			"a wrong type":         answered(answers(200, `{"id": 5}`)),
			"an album without id":  answered(answers(200, `{}`)),
			"a count that is none": answered(answers(200, `{"id":"a","mediaItemsCount":"many"}`)),
			"no content":           answered(answers(204, ``)),
		}, unknown},
		{"an error that is not of this package", worlds{
			"plain": func(*testing.T) error { return errors.New("unknown") },
		}, unknown},
	} {
		for name, world := range row.worlds {
			t.Run(row.kind+"/"+name, func(t *testing.T) {
				err := world(t)
				if err == nil {
					t.Fatal("no error")
				}
				for _, e := range []error{err, fmt.Errorf("wrapped: %w", err), errors.Join(err, io.EOF)} {
					if got := photos.EffectOf(e); got != row.want {
						t.Errorf("EffectOf(%v) = %v, want %v", e, got, row.want)
					}
				}
				if strings.ContainsAny(err.Error(), "\r\n") || strings.Contains(err.Error(), "secret") {
					t.Errorf("%q has more lines than one, or a secret", err)
				}
			})
		}
	}
}

// A caller that stops must be able to tell its own stop from a failure.
func TestErrorsWrapTheirCause(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	c := served(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel(errors.New("the user pressed Ctrl-C"))
		<-r.Context().Done()
	})
	_, err := c.ListAlbums(ctx, photos.ListAlbums{})
	if !errors.Is(err, context.Canceled) || photos.IsTemporary(err) || !strings.Contains(err.Error(), "Ctrl-C") {
		t.Errorf("a call that was cancelled: %v", err)
	}
	_, err = newClient(t, photos.Options{Budget: &counted{refuse: 1}}).GetItem(t.Context(), "a")
	if !errors.Is(err, errSpent) || photos.IsTemporary(err) {
		t.Errorf("a call that the budget refused: %v", err)
	}
	var e *photos.Error
	if !errors.As(err, &e) || e.Method != photos.MethodItemsGet || e.HTTPStatus != 0 {
		t.Errorf("a call that the budget refused: %#v", e)
	}
}

// cancelled is a write whose context ends while the service is at it. In a bubble,
// because the write has WriteGrace to be answered.
func cancelled(create func(context.Context, *photos.Client) error, serve func(w http.ResponseWriter, r *http.Request, cancel func())) func(*testing.T) error {
	return func(t *testing.T) (err error) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			err = create(ctx, newClient(t, photos.Options{Endpoint: memoryEndpoint, Transport: inMemory(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				serve(w, r, cancel)
			}))}))
		})
		return err
	}
}
