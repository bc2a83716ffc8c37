package plan_test

import (
	"fmt"
	"testing"

	"albumen/photos"
	"albumen/reconcile/plan"
	"albumen/spec"
)

// largeAccount is 1,000 albums of 1,000 items, in sync or all new.
func largeAccount(inSync bool) plan.Input {
	in := world{}.input()
	in.Desired.Albums = nil
	for a := range 1000 {
		key := spec.Key(fmt.Sprintf("album-%04d", a))
		id := photos.AlbumID("id-" + key)
		d := spec.DesiredAlbum{Key: key, Title: string(key), ManagesContents: true, Membership: spec.Managed}
		b := &plan.Bound{Key: key, ID: id, Title: d.Title, ReadAt: now}
		for i := range 1000 {
			n := a*1000 + i + 1
			m := file(n)
			d.Members = append(d.Members, m)
			if inSync {
				item := photos.ItemID(fmt.Sprintf("item-%093d", n))
				in.Recorded.Items[m.Digest] = item
				b.Known = append(b.Known, plan.Known{Item: item, Digest: m.Digest, Label: m.Label, FileName: m.Name, Ours: true})
			}
		}
		in.Desired.Albums = append(in.Desired.Albums, d)
		if inSync {
			in.Recorded.Albums[key] = b
			in.Observed.Albums[id] = photos.Album{ID: id, Title: d.Title, ItemsCount: 1000}
		}
	}
	return in
}

// BenchmarkMake plans 1,000 albums of 1,000 items.
func BenchmarkMake(b *testing.B) {
	for _, c := range []struct {
		name   string
		inSync bool
		want   int
	}{{"nothing to do", true, 0}, {"all new", false, 21_000}} {
		b.Run(c.name, func(b *testing.B) {
			in := largeAccount(c.inSync)
			b.ReportAllocs()
			for b.Loop() {
				if p := plan.Make(in); len(p.Actions) != c.want {
					b.Fatalf("%d actions, want %d", len(p.Actions), c.want)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e6, "ns/item")
		})
	}
}
