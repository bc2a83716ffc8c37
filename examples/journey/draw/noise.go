package main

import "math"

// field is a seeded noise: the same seed is the same landscape, on each machine.
type field uint64

// hash mixes lattice coordinates to a number in [0, 1).
func (f field) hash(i, j int64) float64 {
	h := uint64(f)*0x9e3779b97f4a7c15 ^ uint64(i)*0xbf58476d1ce4e5b9 ^ uint64(j)*0x94d049bb133111eb
	h ^= h >> 30
	h *= 0xbf58476d1ce4e5b9
	h ^= h >> 27
	h *= 0x94d049bb133111eb
	h ^= h >> 31
	return float64(h>>11) / (1 << 53)
}

// at is gradient noise, in [-1, 1] and nearly always in [-0.7, 0.7].
func (f field) at(x, y float64) float64 {
	fi, fj := math.Floor(x), math.Floor(y)
	i, j := int64(fi), int64(fj)
	u, v := x-fi, y-fj
	su, sv := u*u*u*(u*(u*6-15)+10), v*v*v*(v*(v*6-15)+10)
	a := f.slope(i, j, u, v)
	b := f.slope(i+1, j, u-1, v)
	c := f.slope(i, j+1, u, v-1)
	d := f.slope(i+1, j+1, u-1, v-1)
	top, low := a+(b-a)*su, c+(d-c)*su
	return 1.4 * (top + (low-top)*sv)
}

// slopes are the directions in which gradient noise may rise.
var slopes = [16][2]float64{
	{1, 0}, {0.924, 0.383}, {0.707, 0.707}, {0.383, 0.924}, {0, 1}, {-0.383, 0.924}, {-0.707, 0.707}, {-0.924, 0.383},
	{-1, 0}, {-0.924, -0.383}, {-0.707, -0.707}, {-0.383, -0.924}, {0, -1}, {0.383, -0.924}, {0.707, -0.707}, {0.924, -0.383},
}

func (f field) slope(i, j int64, u, v float64) float64 {
	g := slopes[int(f.hash(i, j)*16)&15]
	return g[0]*u + g[1]*v
}

// sum is fractal noise: octaves of at, each half as high and twice as fine.
func (f field) sum(x, y float64, octaves int) float64 {
	total, size := 0.0, 1.0
	for n := range octaves {
		total += size * (f+field(n)*101).at(x, y)
		// The turn keeps the lattices of the octaves from lying on each other.
		x, y = 1.6*x+1.2*y+3.1, -1.2*x+1.6*y+7.7
		size /= 2
	}
	return total
}

// ridges is fractal noise with crests, as mountains have them, in about [0, 1.6].
func (f field) ridges(x, y float64, octaves int) float64 {
	total, size, weight := 0.0, 0.8, 1.0
	for n := range octaves {
		r := 1 - math.Abs((f+field(n)*101).at(x, y))*1.4
		r *= r * weight
		total += size * r
		weight = min(max(r*1.6, 0), 1)
		x, y = 1.6*x+1.2*y+3.1, -1.2*x+1.6*y+7.7
		size /= 2
	}
	return total
}

// cells is the distance to the nearest and the second nearest of scattered
// points, and a number of the nearest.
func (f field) cells(x, y float64) (first, second, id float64) {
	first, second = 9, 9
	i, j := int64(math.Floor(x)), int64(math.Floor(y))
	for a := i - 1; a <= i+1; a++ {
		for b := j - 1; b <= j+1; b++ {
			d := math.Hypot(float64(a)+f.hash(a, b)-x, float64(b)+(f+7).hash(a, b)-y)
			if d < first {
				first, second, id = d, first, (f+13).hash(a, b)
			} else if d < second {
				second = d
			}
		}
	}
	return first, second, id
}
