package main

import (
	"math"
	"math/rand/v2"
)

// petal is a leaf-like shape: from its foot along a direction, as wide as the
// profile says.
type petal struct {
	x, y    float64 // the foot
	turn    float64 // 0 is up, and clockwise from there
	long    float64
	wide    float64
	belly   float64 // where it is widest, from 0 at the foot to 1; 0 means the middle
	squash  float64 // how flat it is seen, 0 not at all, 1 as a line
	bend    float64 // how far its tip leans aside, in lengths
	round   float64 // how blunt its ends are: 0 is pointed, 1 nearly a rectangle
	notch   float64 // how deep a cut its tip has, in lengths
	outline float64
}

// leaf paints a petal. shade is told how far along (0 to 1) and how far aside
// (-1 to 1) a sample is.
func (c *canvas) leaf(p petal, shade func(t, s float64) rgb) {
	if p.belly == 0 {
		p.belly = 0.5
	}
	sin, cos := math.Sincos(p.turn)
	power := math.Log(0.5) / math.Log(p.belly)
	reach := p.long*(1+math.Abs(p.bend)) + p.wide
	c.dab(p.x, p.y, reach, reach, func(dx, dy float64, under rgb) rgb {
		dy /= 1 - p.squash
		t := (dx*sin - dy*cos) / p.long
		if t <= 0 || t >= 1 {
			return under
		}
		aside := dx*cos + dy*sin - p.bend*p.long*t*t
		w := p.wide / 2 * math.Pow(max(math.Sin(math.Pi*math.Pow(t, power)), 0), 0.75*(1-p.round))
		in := c.edge(math.Abs(aside) - w)
		if p.notch > 0 {
			in *= c.edge((t-1+p.notch)*p.long - 1.6*math.Abs(aside))
		}
		if in == 0 || w == 0 {
			return under
		}
		s := min(max(aside/w, -1), 1) // a soft border reaches past the shape
		color := shade(t, s)
		if p.outline > 0 {
			color = color.scale(1 - p.outline*step(0.7, 1, math.Abs(s)))
		}
		return under.mix(color, in)
	})
}

// blade paints a blade of grass or a stem.
func (c *canvas) blade(x, y, turn, long, wide, bend float64, low, high rgb) {
	c.leaf(petal{x: x, y: y, turn: turn, long: long, wide: wide, belly: 0.3, bend: bend}, func(t, s float64) rgb {
		return low.mix(high, t).scale(1 + 0.25*s)
	})
}

// blobs paints round spots out of focus, as lights and flowers far behind are.
func (c *canvas) blobs(r *rand.Rand, n int, top, bottom, small, large, strength float64, tints ...rgb) {
	for range n {
		x, y := r.Float64()*c.aspect, top+(bottom-top)*r.Float64()
		size := small + (large-small)*r.Float64()
		tint, k := tints[r.IntN(len(tints))], strength*(0.3+0.7*r.Float64())
		c.dab(x, y, size*1.1, size*1.1, func(dx, dy float64, under rgb) rgb {
			d := math.Hypot(dx, dy) / size
			return under.mix(tint, k*step(1, 0.9, d)*(0.75+0.25*d*d))
		})
	}
}

// daisies are daisies in deep grass.
func daisies(c *canvas) {
	const seed = field(127)
	r := rand.New(rand.NewPCG(127, 1))
	c.gradient(0.5, stop{-0.5, hex(0x3c6a1c)}, stop{-0.05, hex(0x86ab3c)}, stop{0.2, hex(0xcfdc8c)}, stop{0.5, hex(0xeaf0c8)})
	c.paint(func(x, y float64, under rgb) rgb {
		return under.scale(1 + 0.5*seed.sum(x*2.5, y*4, 4))
	})
	c.blobs(r, 40, 0.12, 0.5, 0.012, 0.03, 0.5, rgb{0.95, 0.95, 0.9}, hex(0xd8e48c), hex(0x7fa23c))
	c.blur(0.014)
	const layers = 30
	for k := range layers {
		t := float64(k) / (layers - 1) // 0 far, 1 near
		y := 0.40 + 0.74*math.Pow(t, 1.3)
		size := 0.012 + 0.085*math.Pow(t, 1.25)
		for range int(130 - 85*t) {
			green := hex(0x2f5a14).mix(hex(0x9cc048), r.Float64())
			c.blade(r.Float64()*c.aspect, y+0.06, r.NormFloat64()*0.32, size*(1.3+1.4*r.Float64()), size*0.10, r.NormFloat64()*0.25, green.scale(0.35), green)
		}
		for range 5 - int(3.4*t) {
			daisy(c, r, r.Float64()*c.aspect, y-size*(0.5+0.8*r.Float64()), size*(0.62+0.2*r.Float64()), 0.25+0.35*r.Float64())
		}
		if k == 9 || k == 15 {
			c.blur(0.0022)
		}
	}
	c.vignette(0.25)
}

// daisy paints one daisy of a radius, tilted away from the eye.
func daisy(c *canvas, r *rand.Rand, x, y, size, squash float64) {
	c.blade(x-size*0.1, y+3.2*size, 0.03, 3.2*size, size*0.13, 0, hex(0x2c4f12), hex(0x86a83c))
	n := 17 + r.IntN(6)
	turn := r.Float64()
	for k := range n {
		a := turn + 2*math.Pi*float64(k)/float64(n) + 0.08*r.NormFloat64()
		shade := 0.80 + 0.2*math.Sin(a-0.9)
		c.leaf(petal{x: x, y: y, turn: a, long: size * (0.92 + 0.12*r.Float64()), wide: size * 0.30, belly: 0.68, squash: squash, outline: 0.16}, func(t, s float64) rgb {
			return hex(0xc9ccd8).mix(rgb{1, 1, 0.98}, step(0.15, 0.75, t)).scale(shade * (1 - 0.06*math.Abs(math.Sin(s*5))))
		})
	}
	heart := size * 0.27
	c.dab(x, y-0.04*size, heart*1.1, heart*1.1, func(dx, dy float64, under rgb) rgb {
		d := math.Hypot(dx, dy/(1-squash*0.8)) / heart
		dots := 0.8 + 0.25*math.Sin(dx/size*70)*math.Sin(dy/size*80)
		gold := hex(0xb0700c).mix(hex(0xffd62e), step(1, 0.1, d+0.5*dy/heart+0.2*dx/heart)).scale(dots)
		return under.mix(gold, c.edge((d-1)*heart))
	})
}

// tulips are tulips in rows, the near ones sharp.
func tulips(c *canvas) {
	const seed = field(131)
	r := rand.New(rand.NewPCG(131, 1))
	c.gradient(0.34, stop{-0.66, hex(0x2f5a1e)}, stop{-0.02, hex(0x5f8f34)}, stop{0.03, hex(0xbcd8c0)}, stop{0.34, hex(0x8fc2ea)})
	c.paint(func(x, y float64, under rgb) rgb {
		trees := 0.30 - 0.10*(seed.sum(x*3, 2, 4)+0.4)
		leaf := hex(0x3f6a2c).mix(hex(0xa9c45c), step(-0.5, 0.7, seed.sum(x*9, y*9, 4)))
		return under.mix(leaf, c.edge(trees-y)*step(0.42, 0.36, y))
	})
	bands := []rgb{hex(0xd8203c), hex(0xf6c02c), hex(0xf07fae), hex(0xfff2dc), hex(0x7c2a86), hex(0xf2682a)}
	c.paint(func(x, y float64, under rgb) rgb {
		if y < 0.36 {
			return under
		}
		k := int(math.Sqrt((y-0.36)*60) * 2)
		spots := step(-0.1, 0.3, seed.sum(x*24, y*50, 3))
		return under.mix(bands[k%len(bands)].scale(0.85), 0.75*spots*step(0.36, 0.38, y))
	})
	c.blobs(r, 60, 0.05, 0.30, 0.008, 0.025, 0.35, hex(0xe8f0b0), hex(0xfffbe0))
	c.blur(0.016)
	const layers = 9
	for k := range layers {
		t := float64(k) / (layers - 1)
		size := 0.05 + 0.19*math.Pow(t, 1.5)
		y := 0.50 + 0.42*math.Pow(t, 1.1)
		tone := bands[k%len(bands)]
		gap := size * 1.02
		for x := -gap * r.Float64(); x < c.aspect+gap; x += gap * (0.85 + 0.45*r.Float64()) {
			tulip(c, r, x, y+0.10*size*r.NormFloat64(), size*(0.9+0.2*r.Float64()), tone)
		}
		if k < 6 {
			c.blur(0.0052 * (1 - float64(k)/6.5))
		}
	}
	c.vignette(0.2)
}

// tulip paints a tulip whose cup begins at a place.
func tulip(c *canvas, r *rand.Rand, x, y, size float64, tone rgb) {
	lean := 0.07 * r.NormFloat64()
	c.blade(x-0.02*size, y+3.4*size, lean*0.3, 3.5*size, size*0.12, 0, hex(0x24481a), hex(0x8fb45a))
	for _, side := range [2]float64{-1, 1} {
		green := hex(0x3f7a3a).scale(0.7 + 0.4*r.Float64())
		c.leaf(petal{x: x + side*0.05*size, y: y + 2.9*size, turn: side * (0.12 + 0.12*r.Float64()), long: size * (2.0 + 0.6*r.Float64()), wide: size * 0.42, belly: 0.4, bend: side * 0.12},
			func(t, s float64) rgb {
				return green.mix(hex(0xa9cc86), 0.5*step(0.2, 1, t)).scale(0.8 + 0.3*s*-side + 0.08*math.Sin(s*14))
			})
	}
	deep, light := tone.times(rgb{0.55, 0.45, 0.5}), tone.mix(rgb{1, 0.95, 0.85}, 0.28)
	silk := func(side float64) func(t, s float64) rgb {
		return func(t, s float64) rgb {
			vein := 0.06 * math.Sin(s*16+3*t)
			body := deep.mix(tone, step(0, 0.5, t+0.2*s)).mix(light, step(0.45, 1, t)*0.65)
			return body.mix(hex(0xe2dc8a), 0.55*step(0.22, 0, t)).scale(1.02 - 0.24*s*side + vein - 0.12*math.Abs(s))
		}
	}
	at := func(dx float64, turn, long, wide float64) petal {
		return petal{x: x + dx*size, y: y + 0.03*size, turn: turn + lean, long: long * size, wide: wide * size, belly: 0.44, outline: 0.18}
	}
	c.leaf(at(-0.02, -0.13, 0.98, 0.56), silk(1))
	c.leaf(at(0.02, 0.15, 1.0, 0.56), silk(1))
	c.leaf(at(-0.10, -0.24, 0.96, 0.56), silk(0.6))
	c.leaf(at(0.10, 0.24, 0.94, 0.56), silk(1.3))
	c.leaf(at(0, 0.02, 0.90, 0.62), silk(0.9))
}

// cherry is a branch of a cherry tree in blossom.
func cherry(c *canvas) {
	const seed = field(137)
	r := rand.New(rand.NewPCG(137, 1))
	c.gradient(1, stop{0, hex(0xd8ecc8)}, stop{0.35, hex(0xbfe0f0)}, stop{1, hex(0x5fa6e4)})
	c.blobs(r, 70, 0, 1, 0.02, 0.07, 0.5, hex(0xf9d4e0), hex(0xf4b8cc), rgb{1, 1, 1}, hex(0xc8e0a0), hex(0x9cccf0))
	c.blur(0.020)
	c.blobs(r, 26, 0, 1, 0.02, 0.05, 0.30, hex(0xfbe4ec), rgb{1, 1, 1}, hex(0xf4c0d4))
	c.blur(0.004)
	twig := func(x0, y0, x1, y1, w0, w1 float64) {
		bark(c, seed, x0, y0, x1, y1, w0, w1)
	}
	twig(-0.05, 0.30, 0.36, 0.44, 0.042, 0.028)
	twig(0.35, 0.437, 0.74, 0.66, 0.028, 0.013)
	twig(0.22, 0.395, 0.56, 0.24, 0.020, 0.008)
	twig(0.48, 0.51, 0.47, 0.80, 0.014, 0.006)
	twig(0.10, 0.35, 0.19, 0.62, 0.014, 0.006)
	for _, bunch := range []struct {
		x, y, spread float64
		n            int
	}{
		{0.50, 0.26, 0.07, 9}, {0.36, 0.34, 0.06, 6}, {0.34, 0.47, 0.07, 9}, {0.50, 0.56, 0.08, 11}, {0.64, 0.62, 0.06, 8},
		{0.47, 0.78, 0.055, 8}, {0.19, 0.60, 0.06, 8}, {0.14, 0.44, 0.05, 5}, {0.09, 0.31, 0.05, 6},
	} {
		for range bunch.n {
			x, y := bunch.x+r.NormFloat64()*bunch.spread*0.7, bunch.y+r.NormFloat64()*bunch.spread*0.7
			blossom(c, r, x, y, 0.034+0.014*r.Float64())
		}
	}
	for range 14 {
		x, y, turn := r.Float64()*c.aspect, r.Float64(), r.Float64()*6
		c.leaf(petal{x: x, y: y, turn: turn, long: 0.018, wide: 0.012, squash: 0.3}, func(t, _ float64) rgb { return hex(0xf6bccf).mix(rgb{1, 0.97, 0.98}, t) })
	}
	c.vignette(0.12)
}

// bark paints a piece of a branch.
func bark(c *canvas, seed field, x0, y0, x1, y1, w0, w1 float64) {
	long := math.Hypot(x1-x0, y1-y0)
	ux, uy := (x1-x0)/long, (y1-y0)/long
	c.paint(func(x, y float64, under rgb) rgb {
		t := ((x-x0)*ux + (y-y0)*uy) / long
		if t < -0.03 || t > 1.02 {
			return under
		}
		s := (y-y0)*ux - (x-x0)*uy + 0.010*math.Sin(t*6+x0*40) + 0.003*seed.sum(x*40, y*40, 3)
		w := (w0 + (w1-w0)*t) / 2
		in := c.edge(math.Abs(s)-w) * step(-0.03, 0, t)
		k := s / w
		tone := hex(0x4a342c).mix(hex(0xa48a7a), step(0.4, -0.9, k+0.5*seed.sum(x*30, y*90, 3)))
		return under.mix(tone.scale(1-0.45*step(0, 1, k)), in)
	})
}

// blossom paints a cherry blossom of a radius.
func blossom(c *canvas, r *rand.Rand, x, y, size float64) {
	turn, squash := r.Float64()*2, 0.28*r.Float64()
	tint := hex(0xf3a6c0).mix(hex(0xfad6e2), r.Float64())
	c.dab(x+0.2*size, y+0.35*size, 1.3*size, 1.3*size, func(dx, dy float64, under rgb) rgb {
		return under.scale(1 - 0.22*bell(math.Hypot(dx, dy)/size, 0.85))
	})
	for k := range 5 {
		a := turn + 2*math.Pi*float64(k)/5
		shade := 0.93 + 0.07*math.Cos(a+0.6)
		c.leaf(petal{x: x, y: y, turn: a, long: size, wide: size * 0.98, belly: 0.64, squash: squash, round: 0.35, notch: 0.13, outline: 0.16}, func(t, s float64) rgb {
			return hex(0xcf4f80).mix(tint, step(0, 0.35, t)).mix(rgb{1, 0.93, 0.95}, step(0.3, 1, t)*0.7).scale(shade * (1 - 0.03*math.Sin(s*9)))
		})
	}
	for k := range 13 {
		a, reach := turn+float64(k)*2.4, size*(0.22+0.2*r.Float64())
		px, py := x+math.Sin(a)*reach, y-math.Cos(a)*reach*(1-squash)
		c.leaf(petal{x: x, y: y, turn: a, long: reach, wide: size * 0.03, squash: squash}, func(float64, float64) rgb { return hex(0xe0709a) })
		c.disc(px, py, size*0.045, hex(0xf2c23a))
	}
	c.disc(x, y, size*0.07, hex(0xb8d060))
}
