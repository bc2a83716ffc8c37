package state

import "math"

// The ranks of an album's members leave gaps of rankStep. A gap is halved again
// and again by what comes in at one place, until it is too narrow to be told
// apart; then the album is numbered anew, with wide gaps.
const (
	rankStep = 1024
	minGap   = 1.0 / (1 << 20)
	maxRank  = 1 << 31 // up to here, a float64 still tells minGap apart
)

// ranksBetween are n ranks between two neighbours, in order. A neighbour that is
// not there is infinite. It reports false when there is no room.
func ranksBetween(low, high float64, n int) ([]float64, bool) {
	first, gap := 0.0, float64(rankStep)
	switch {
	case !math.IsInf(low, -1) && !math.IsInf(high, 1):
		gap = (high - low) / float64(n+1)
		first = low + gap
	case !math.IsInf(low, -1):
		first = low + gap
	case !math.IsInf(high, 1):
		first = high - float64(n)*gap
	}
	last := first + float64(n-1)*gap
	if gap < minGap || first < -maxRank || last > maxRank {
		return nil, false
	}
	ranks := make([]float64, n)
	for i := range ranks {
		ranks[i] = first + float64(i)*gap
	}
	return ranks, true
}
