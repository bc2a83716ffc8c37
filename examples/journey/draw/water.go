package main

import (
	"math"
	"math/rand/v2"
)

// pond is a pond with water lilies in the evening.
func pond(c *canvas) {
	const seed = field(139)
	r := rand.New(rand.NewPCG(139, 1))
	// A still pond is the sky and the trees behind it, upside down.
	c.paint(func(x, y float64, _ rgb) rgb {
		wave := 0.012*seed.sum(x*5, y*26, 4)*step(0, 1, y) + 0.004*seed.sum(x*20, y*110, 2)
		v := y + wave
		sky := ramp(v, stop{0.1, hex(0x6f9a5c)}, stop{0.3, hex(0xf2cf9a)}, stop{0.55, hex(0xb9b6cc)}, stop{1, hex(0x3f5f8c)})
		trees := 0.36 + 0.16*seed.sum(x*2.2+0.4, 3, 5)
		leaf := hex(0x17301c).mix(hex(0x56762c), step(-0.4, 0.8, seed.sum(x*7, v*5, 4)))
		out := sky.mix(leaf, step(0.02, -0.02, v-trees))
		trunk := step(0.012, 0.006, math.Abs(x-1.18+0.02*seed.at(v*4, 1))) * step(0.75, 0.5, v)
		return out.mix(hex(0x1c2018), 0.8*trunk).mix(hex(0x0e2a30), 0.25+0.35*step(0.5, 1, y))
	})
	for k := range 46 {
		t := (float64(k) + r.Float64()) / 46
		y := 0.06 + 0.98*math.Pow(t, 1.25)
		size := 0.022 + 0.125*math.Pow(t, 1.2)
		x := r.Float64() * c.aspect
		if bell((x-0.80-0.15*t)/0.30, 1)*step(0.2, 0.5, y)*step(1, 0.85, y) > 0.55 && r.Float64() < 0.8 {
			continue // the middle stays open
		}
		pad(c, r, x, y, size)
		if r.Float64() < 0.32 {
			lily(c, x+size*0.2*r.NormFloat64(), y-size*0.12, size*0.62, r.Float64())
		}
	}
	pad(c, r, 0.42, 0.80, 0.16)
	pad(c, r, 0.62, 0.88, 0.13)
	lily(c, 0.47, 0.75, 0.115, 0.25)
	c.vignette(0.3)
}

// pad paints a floating leaf: round, seen flat, with a slit.
func pad(c *canvas, r *rand.Rand, x, y, size float64) {
	const flat = 0.36
	slit, tone := r.Float64()*2*math.Pi, hex(0x2f5f2a).mix(hex(0x86a044), r.Float64())
	c.dab(x, y+0.03*size, size*1.15, size*0.5, func(dx, dy float64, under rgb) rgb {
		return under.scale(1 - 0.55*step(1.12, 0.9, math.Hypot(dx, dy/flat)/size))
	})
	c.dab(x, y, size, size*flat*1.1, func(dx, dy float64, under rgb) rgb {
		px, py := dx/size, dy/size/flat
		d, a := math.Hypot(px, py), math.Atan2(py, px)
		away := math.Abs(math.Remainder(a-slit, 2*math.Pi))
		vein := step(0.10, 0, math.Abs(math.Remainder(a-slit, math.Pi/7))*d*2.2)
		light := 0.78 + 0.35*step(0.8, -0.8, py+0.4*px) - 0.10*vein + 0.25*step(0.90, 0.98, d)
		in := c.edge((d-1+0.02*math.Sin(a*9))*size*flat) * (1 - c.edge((away-0.20)*d*size))
		return under.mix(tone.scale(light).mix(hex(0xc9d6e8), 0.18*step(0.2, -1, py)), in)
	})
}

// lily paints a water lily that opens above its leaf.
func lily(c *canvas, x, y, size, warm float64) {
	tip := hex(0xf6a8c4).mix(hex(0xfff4e4), warm)
	c.dab(x, y+0.42*size, size*1.2, size*0.5, func(dx, dy float64, under rgb) rgb {
		return under.scale(1 - 0.35*bell(dx/size, 0.8)*bell(dy/size, 0.25))
	})
	rings := []struct {
		n                  int
		turn, long, squash float64
	}{{11, 1.45, 1.0, 0.52}, {9, 1.1, 0.94, 0.35}, {7, 0.75, 0.86, 0.18}, {5, 0.4, 0.74, 0.05}}
	for i, ring := range rings {
		for k := range ring.n {
			// From the sides to the middle, so that the front lies on top.
			t := float64(k)/float64(ring.n-1)*2 - 1
			if k%2 == 1 {
				t = -t
			}
			a := t * ring.turn
			shade := 0.72 + 0.09*float64(i) - 0.14*t
			c.leaf(petal{x: x, y: y + 0.40*size, turn: a, long: size * ring.long, wide: size * 0.36, belly: 0.55, squash: ring.squash * math.Abs(t), outline: 0.2}, func(u, s float64) rgb {
				return tip.times(rgb{0.95, 0.62, 0.75}).mix(tip, step(0, 0.6, u)).mix(rgb{1, 0.98, 0.97}, 0.5*step(0.5, 1, u)).scale(shade + 0.06*s)
			})
		}
	}
	for k := range 9 {
		a := (float64(k)/8*2 - 1) * 0.5
		c.leaf(petal{x: x, y: y + 0.1*size, turn: a, long: size * 0.22, wide: size * 0.05}, func(u, _ float64) rgb { return hex(0xd88a10).mix(hex(0xffe04a), u) })
	}
}

// ice is a block of ice on black sand, the low sun behind it.
func ice(c *canvas) {
	const seed = field(149)
	const sunX, horizon = 0.47, 0.36
	c.gradient(horizon, stop{0, hex(0xffd9a0)}, stop{0.1, hex(0xf4b88c)}, stop{0.22, hex(0xb8a4b8)}, stop{0.36, hex(0x6f88b4)})
	c.glow(sunX, horizon-0.06, 0.06, rgb{1.3, 0.8, 0.35})
	c.paint(func(x, y float64, under rgb) rgb {
		d := y - horizon
		if d < 0 {
			return under
		}
		z := 0.03 / (d + 0.012)
		wave := seed.sum(x*9*z, 22*z, 4)
		seaTone := hex(0x44607c).mix(hex(0xffc890), step(-0.3, 0.8, wave+0.9*bell(x-sunX, 0.09+0.5*d)-0.3))
		foam := step(0.35, 0.8, seed.sum(x*5, y*30, 4)+1.1*bell(d-0.115-0.02*seed.at(x*4, 1), 0.028))
		seaTone = seaTone.mix(rgb{0.92, 0.88, 0.86}, foam)
		grain := seed.sum(x*70, y*90, 3)
		sand := hex(0x1c1c20).scale(0.9 + 0.5*grain)
		shine := bell(x-sunX, 0.10+0.25*d) * step(0.5, 0.15, d)
		sand = sand.add(rgb{0.55, 0.33, 0.16}.scale(0.55 * shine * (0.7 + 0.5*seed.sum(x*8, y*34, 3))))
		shore := 0.155 + 0.022*seed.sum(x*3, 4, 4)
		return seaTone.mix(sand, step(-0.008, 0.012, d-shore))
	})
	c.blur(0.0035)
	for _, s := range []struct{ x, y, size float64 }{{0.12, 0.56, 0.045}, {0.60, 0.55, 0.035}, {0.55, 0.90, 0.06}, {0.10, 0.88, 0.05}} {
		block(c, seed+field(s.x*100), s.x, s.y, s.size, sunX)
	}
	block(c, seed, 0.335, 0.72, 0.245, sunX)
	c.bloom(0.85, 0.02, 0.35)
	c.vignette(0.3)
}

// blurredIce is the shot before it, out of focus.
func blurredIce(c *canvas) {
	ice(c)
	c.blur(0.018)
}

// block paints a block of clear ice that lies on the sand: facets that each
// bend the light another way, with bright edges between them.
func block(c *canvas, seed field, x, y, size, sunX float64) {
	outline := func(px, py float64) float64 {
		d := py + 0.10*px - 0.46 // it lies on its flat side
		for k := range 11 {
			a := 2*math.Pi*float64(k)/11 + 0.5*seed.hash(int64(k), 1)
			reach := 0.70 + 0.32*seed.hash(int64(k), 2)
			d = math.Max(d, px*math.Sin(a)-py*math.Cos(a)*1.2-reach)
		}
		return d + 0.025*seed.sum(px*3, py*3, 3)
	}
	// The light that went through falls on the sand in front.
	c.dab(x, y+0.75*size, 1.6*size, 0.8*size, func(dx, dy float64, under rgb) rgb {
		u, v := dx/size, dy/size
		web := seed.ridges(u*2.5+3, v*5, 4)
		shadow := bell(u, 0.95) * bell(v+0.05, 0.22)
		return under.scale(1 - 0.6*shadow).add(rgb{0.30, 0.42, 0.45}.scale(0.5 * bell(u, 0.8) * bell(v-0.18, 0.22) * step(0.6, 1.2, web)))
	})
	c.dab(x, y, 1.2*size, 1.2*size, func(dx, dy float64, under rgb) rgb {
		u, v := dx/size, dy/size
		d := outline(u, v)
		in := c.edge(d * size)
		if in == 0 {
			return under
		}
		warp := 0.22 * seed.sum(u*2, v*2, 4)
		first, second, id := seed.cells(u*1.7+warp+5, v*1.9-0.6*u+warp)
		// Each facet bends the light another way, and it fades across the facet.
		glow := 0.75 * bell(x+dx-sunX+0.25*(id-0.5)*size, 0.55*size) * bell(v+0.15, 0.75)
		through := 0.12 + 0.50*id*(1-0.7*first) + glow + 0.22*seed.sum(u*4+9*id, v*6-3*u, 5) - 0.25*step(0, 0.7, v)
		body := ramp(through, stop{0, hex(0x07242f)}, stop{0.28, hex(0x15617a)}, stop{0.55, hex(0x5cb7cf)}, stop{0.82, hex(0xc4ecf2)}, stop{1.1, hex(0xffe9c4)})
		crack := step(0.035, 0, second-first) * step(-0.2, 0.5, seed.sum(u*3, v*3+4, 3)+0.2)
		body = body.mix(rgb{0.95, 1, 1}, 0.55*crack)
		bubble, _, big := (seed + 3).cells(u*16, v*16)
		body = body.mix(rgb{0.95, 1, 1}, 0.5*step(0.16*big, 0.05*big, bubble)*step(0.55, 0.8, big))
		rim := step(-0.085, 0, d)
		body = body.mix(rgb{1.3, 1.12, 0.85}, 0.85*rim*step(0.35, -0.35, v)).mix(hex(0x07242f), 0.5*rim*step(-0.1, 0.4, v))
		return under.mix(body, in*0.96)
	})
}
