package spec

import "strings"

// nearest is the candidate that a misspelt name most likely means, "" when none
// is near.
func nearest(name string, candidates []string) string {
	enough := max(1, min(3, len(name)/3)) + 1
	best, least, exact := "", enough, 0
	for _, c := range candidates {
		d := distance(strings.ToLower(name), strings.ToLower(c), enough)
		if d > least || d == enough {
			continue
		}
		// Among equals the one in the same case is nearer.
		if e := distance(name, c, longest); d < least || e < exact {
			best, least, exact = c, d, e
		}
	}
	return best
}

// longest is the length in letters up to which names are compared: the work
// grows with the square of it.
const longest = 200

// distance is the number of letters to change, add, drop or swap with their
// neighbour to make b of a. It does not look further than enough.
func distance(a, b string, enough int) int {
	x, y := []rune(a), []rune(b)
	if len(x) > longest || len(y) > longest || max(len(x)-len(y), len(y)-len(x)) >= enough {
		return max(enough, len(x), len(y))
	}
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			swap := 1
			if x[i-1] == y[j-1] {
				swap = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+swap)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
