package state

import (
	"context"
	"database/sql/driver"
	"fmt"
	"io"
	"time"
)

// timeLayout has a fixed width, so that times sort as text.
const timeLayout = "2006-01-02T15:04:05.000000000Z"

// stored is a time as it is stored: UTC, and "" for the zero time. What does not
// fit four digits of a year is no date of a photograph, and is not kept.
func stored(t time.Time) string {
	if t = t.UTC(); t.IsZero() || t.Year() < 1 || t.Year() > 9999 {
		return ""
	}
	return t.Format(timeLayout)
}

// malformedError says that a value is not what this package stores.
type malformedError struct{ what string }

// Error says what was expected.
func (e malformedError) Error() string { return e.what }

// moment scans a stored time.
type moment struct{ into *time.Time }

// Scan implements sql.Scanner.
func (m moment) Scan(v any) error {
	text, ok := v.(string)
	if !ok {
		return malformedError{fmt.Sprintf("a time is stored as %T", v)}
	}
	if text == "" {
		*m.into = time.Time{}
		return nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return malformedError{fmt.Sprintf("a time is stored as %q", text)}
	}
	*m.into = t
	return nil
}

// digits scans a stored digest.
type digits struct{ into *Digest }

// Scan implements sql.Scanner.
func (d digits) Scan(v any) error {
	b, ok := v.([]byte)
	if !ok || len(b) != len(d.into) {
		return malformedError{fmt.Sprintf("a digest is stored as %T of %d bytes", v, len(b))}
	}
	copy(d.into[:], b)
	return nil
}

// row is a row as the driver has it. The first value that is not of the asked
// kind is kept in err.
type row struct {
	values []driver.Value
	err    error
}

func (r *row) text(i int) string {
	s, ok := r.values[i].(string)
	if !ok {
		r.fail(malformedError{fmt.Sprintf("a text is stored as %T", r.values[i])})
	}
	return s
}

func (r *row) number(i int) int64 {
	n, ok := r.values[i].(int64)
	if !ok {
		r.fail(malformedError{fmt.Sprintf("a number is stored as %T", r.values[i])})
	}
	return n
}

func (r *row) digest(i int, into *Digest) { r.fail(digits{into}.Scan(r.values[i])) }

func (r *row) time(i int, into *time.Time) { r.fail(moment{into}.Scan(r.values[i])) }

func (r *row) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// raw gives the rows of a query to a function as the driver has them. A library
// has a million of them, and database/sql takes as long again to hand them on.
func (t *tx) raw(take func(*row), query string, args ...any) error {
	named := make([]driver.NamedValue, len(args))
	for i := range args {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: args[i]}
	}
	return t.conn.Raw(func(conn any) error {
		rows, err := conn.(driver.QueryerContext).QueryContext(t.ctx, query, named)
		if err != nil {
			return err
		}
		defer rows.Close()
		return pull(t.ctx, rows, take)
	})
}

// pull takes all rows, until a value is malformed or nobody waits any more.
func pull(ctx context.Context, rows driver.Rows, take func(*row)) error {
	r := row{values: make([]driver.Value, len(rows.Columns()))}
	for n := 0; r.err == nil; n++ {
		if err := rows.Next(r.values); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		take(&r)
		if n%1024 == 0 {
			r.fail(ctx.Err())
		}
	}
	return r.err
}
