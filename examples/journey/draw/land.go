package main

import "math"

// land is a country in relief and the eye that looks at it. x goes right, z
// away, heights go up from the water at 0; the eye looks along z.
type land struct {
	eye     float64 // height of the eye
	focal   float64 // how far the picture is zoomed in; 1 is a normal lens
	horizon float64 // where the picture has the eye's height, in y
	near    float64
	far     float64
	height  func(x, z float64) float64
	color   func(p place) rgb
}

// place is a piece of the land's surface.
type place struct {
	x, z, h    float64
	nx, ny, nz float64 // the direction in which it faces, of length 1
	sx         float64 // where it is in the picture, from the left
}

// lit is how straight the light of a sun falls on a place.
func (p place) lit(x, y, z float64) float64 {
	return max(0, (p.nx*x+p.ny*y+p.nz*z)/math.Sqrt(x*x+y*y+z*z))
}

// draw draws the land over the sky, column by column from near to far: what
// rises above all that is nearer is seen. What lies below 0 is left to flood.
func (l land) draw(c *canvas) {
	rows(c.w, func(i int) { l.column(c, i) })
}

func (l land) column(c *canvas, i int) {
	sx := (float64(i) + 0.5) * c.sample()
	across := (sx - c.aspect/2) / l.focal
	top := c.h // the lowest row that is hidden already
	lastZ, lastY := 0.0, float64(c.h)
	for z := l.near; z < l.far && top > 0; {
		y := l.row(c, max(l.height(across*z, z), 0), l.eye, z)
		from := top
		for j := min(top-1, c.h-1); j >= 0 && float64(j)+0.5 >= y; j-- {
			t := 1.0
			if lastZ > 0 && lastY > y {
				t = min(max((lastY-float64(j)-0.5)/(lastY-y), 0), 1)
			}
			l.hit(c, i, j, lastZ+(z-lastZ)*t, across, sx)
			top = j
		}
		lastZ, lastY = z, y
		// Steps grow with the distance, and are finer where there is much to see.
		if from == top {
			z *= 1.0018
		} else {
			z *= 1.0012
		}
	}
}

// row is where a height at a distance stands in a column, for an eye at a
// height.
func (l land) row(c *canvas, h, eye, z float64) float64 {
	return (l.horizon - (h-eye)*l.focal/z - c.top) * c.unit
}

// mirrored draws a column of the land as an eye sees it from below the water:
// each thing stands on the water's line at its distance, and near lines are high
// above far ones.
func (l land) mirrored(c *canvas, i int) {
	sx := (float64(i) + 0.5) * c.sample()
	across := (sx - c.aspect/2) / l.focal
	for z := l.near; z < l.far; z *= 1.002 {
		h := l.height(across*z, z)
		if h <= 0 {
			continue
		}
		low := min(int(l.row(c, 0, -l.eye, z)), c.h-1)
		for j := max(int(l.row(c, h, -l.eye, z)+0.5), 0); j <= low; j++ {
			if c.depth[j*c.w+i] == 0 {
				l.hit(c, i, j, z, across, sx)
			}
		}
	}
}

func (l land) hit(c *canvas, i, j int, z, across, sx float64) {
	if z < l.near {
		z = l.near
	}
	x := across * z
	h := l.height(x, z)
	k := j*c.w + i
	if h <= 0 {
		c.water[k] = z
		return
	}
	c.water[k], c.depth[k] = 0, z
	e := z * c.sample() * 1.5 / l.focal
	p := place{x: x, z: z, h: h, sx: sx}
	p.nx, p.ny, p.nz = (h-l.height(x+e, z))/e, 1, (h-l.height(x, z+e))/e
	n := math.Sqrt(p.nx*p.nx + 1 + p.nz*p.nz)
	p.nx, p.ny, p.nz = p.nx/n, p.ny/n, p.nz/n
	c.px[k] = l.color(p)
}

// shadow is how much of a sun in a direction reaches a place: 0 behind a hill.
func (l land) shadow(p place, x, y, z float64) float64 {
	light := 1.0
	for t := 0.02 * p.z; t < 0.6*p.z; t *= 1.35 {
		over := l.height(p.x+x*t, p.z+z*t) - (p.h + y*t)
		light = min(light, 1-step(-0.02*t, 0.05*t, over))
	}
	return light
}

// sea is a surface of water that mirrors what stands above it.
type sea struct {
	deep  rgb                               // the colour where one looks into it
	wave  func(x, z float64) float64        // how the surface is tilted; small numbers
	clear float64                           // how much of deep shows; 1 is as in nature
	over  func(x, z, sx float64, c rgb) rgb // what lies on it: foam, haze; may be nil
}

// flood draws the water of a land: what the eye would see from as far below the
// surface as it is above, upside down and shaken by the waves.
func (l land) flood(c *canvas, s sea, sky func(c *canvas)) {
	mirror := c.above(2*l.horizon-1.05, l.horizon+0.05)
	sky(mirror)
	rows(mirror.w, func(i int) { l.mirrored(mirror, i) })
	rows(c.h, func(j int) {
		y := (float64(j) + 0.5) * c.sample()
		for i := range c.w {
			k := j*c.w + i
			z := c.water[k]
			if z == 0 && c.depth[k] == 0 && y > l.horizon {
				z = l.eye * l.focal / (y - l.horizon) // beyond what was drawn
			}
			if z == 0 {
				continue
			}
			sx := (float64(i) + 0.5) * c.sample()
			x := (sx - c.aspect/2) / l.focal * z
			tilt := s.wave(x, z)
			up := 2*l.horizon - y - math.Abs(tilt)*0.7 - tilt*0.5
			seen := mirror.read(min(max(sx+tilt*0.25, 0), c.aspect), up)
			steep := l.eye / math.Hypot(z, l.eye)
			through := s.clear * (1 - (0.02 + 0.98*math.Pow(1-min(steep+max(tilt, 0)*0.5, 1), 5)))
			out := seen.mix(s.deep, min(through, 1))
			if s.over != nil {
				out = s.over(x, z, sx, out)
			}
			c.px[k] = out
		}
	})
}
