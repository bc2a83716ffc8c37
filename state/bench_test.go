package state_test

import (
	"fmt"

	"albumen/state"
)

// many are members as a large album has them.
func many(n int) []state.Member {
	out := make([]state.Member, n)
	for i := range out {
		name := fmt.Sprintf("IMG_%05d.JPG", i)
		out[i] = state.Member{ItemID: fmt.Sprintf("AF1QipN%083d-item-%08d", i, i), Digest: sum(i), Path: "nas:iceland/day 1/" + name, FileName: name, Ours: true}
	}
	return out
}
