package main

import (
	"math"
	"math/rand/v2"
)

// gradient paints a sky from the horizon up. t is 0 at the horizon and 1 a
// picture's height above it.
func (c *canvas) gradient(horizon float64, stops ...stop) {
	c.paint(func(_, y float64, _ rgb) rgb { return ramp(horizon-y, stops...) })
}

// clouds are a layer of clouds in perspective.
type clouds struct {
	seed    field
	horizon float64
	size    float64 // how large they are
	cover   float64 // from -1, none, to 1, no sky
	soft    float64 // how slowly they thin out
	bright  rgb     // towards the light
	dark    rgb     // away from it
	lightX  float64 // the sun's place, in the picture
	stretch float64 // how much longer than wide
}

func (k clouds) draw(c *canvas) {
	c.paint(func(x, y float64, under rgb) rgb {
		up := k.horizon - y
		if up < 0.012 {
			return under
		}
		px, pz := (x-c.aspect/2)/(up+0.08)/k.size, 1/(up+0.08)/k.size*k.stretch
		warp := k.seed.at(px*0.7, pz*0.7)
		n := (k.seed + 5).sum(px+warp*0.4, pz+warp*0.3, 6)
		dense := step(-k.cover, -k.cover+k.soft, n)
		if dense == 0 {
			return under
		}
		towards := (k.lightX - x) * 0.25
		side := (k.seed + 5).sum(px+warp*0.4+towards, pz+warp*0.3-0.12, 4)
		shade := step(-0.45, 0.55, n-side+0.1)
		fade := step(0.012, 0.09, up)
		return under.mix(k.dark.mix(k.bright, shade), dense*fade)
	})
}

// stars scatters stars above a line, few bright and many faint ones.
func (c *canvas) stars(seed uint64, n int, bottom float64, size float64) {
	r := rand.New(rand.NewPCG(seed, 1))
	for range n {
		x, y := r.Float64()*c.aspect, r.Float64()*bottom
		magnitude := math.Pow(r.Float64(), 6)
		warm := r.Float64()
		tint := hex(0xbcd0ff).mix(hex(0xffe2c4), warm*warm)
		s := size * (0.0007 + 0.0009*magnitude)
		light := tint.scale((0.12 + 2.4*magnitude) * step(bottom, bottom*0.75, y))
		c.dab(x, y, 4*s, 4*s, func(dx, dy float64, under rgb) rgb {
			return under.add(light.scale(bell(math.Hypot(dx, dy), s)))
		})
	}
}

// disc paints a sun or a moon.
func (c *canvas) disc(x, y, r float64, light rgb) {
	c.dab(x, y, r*1.2, r*1.2, func(dx, dy float64, under rgb) rgb {
		return under.mix(light, c.edge(math.Hypot(dx, dy)-r))
	})
}
