package main

import (
	"math"
	"math/rand/v2"
)

// aurora is a curtain of northern lights over a lake.
func aurora(c *canvas) {
	const seed = field(83)
	l := land{eye: 1.3, focal: 1.0, horizon: 0.64, near: 1.3, far: 80}
	l.height = func(x, z float64) float64 {
		ring := step(20, 27, math.Hypot(x*0.6, z-1)+2.5*seed.sum(x*0.12, z*0.12, 3))
		return ring*(0.4+7.5*step(20, 46, z)*seed.ridges(x*0.06+2, z*0.06, 7)) + 0.2*seed.at(x, z)*ring - 0.15
	}
	l.color = func(p place) rgb {
		snow := step(0.2, 1.6, p.h+0.7*seed.sum(p.x*0.5, p.z*0.5, 5)) * step(0.4, 0.7, p.ny)
		albedo := hex(0x23282c).mix(rgb{0.8, 0.85, 0.9}, snow)
		light := rgb{0.035, 0.05, 0.075}.add(rgb{0.05, 0.32, 0.17}.scale(p.lit(0.1, 1, 0.4)))
		return hex(0x0c1e2c).mix(albedo.times(light), math.Exp(-p.z/70))
	}
	sky := func(c *canvas) {
		c.gradient(l.horizon, stop{0, hex(0x1c3a48)}, stop{0.15, hex(0x11243c)}, stop{0.64, hex(0x060b1c)})
		c.stars(9, 420, l.horizon, 1)
		curtain(c, seed, l.horizon, 0.25, 1.0)
	}
	sky(c)
	l.draw(c)
	l.flood(c, sea{deep: hex(0x030810), clear: 0.8, wave: func(x, z float64) float64 {
		return 0.016*seed.sum(x*1.2, z*4, 4) + 0.012*seed.at(x*0.2, z*0.9)
	}}, sky)
	c.bloom(0.45, 0.03, 0.3)
}

// curtain paints northern lights: folded sheets that stand on a plane high above
// and are seen from below, green at their foot and violet far up.
func curtain(c *canvas, seed field, horizon, size, strength float64) {
	c.paint(func(x, y float64, under rgb) rgb {
		up := horizon - y
		if up < 0.02 {
			return under
		}
		dx := (x - c.aspect/2) / (up + 0.06)
		dz := 1 / (up + 0.06)
		const slices = 40
		var total rgb
		for k := range slices {
			t := (float64(k) + 0.5) / slices
			// A slice higher up is seen where the plane is farther out.
			r := (0.7 + 0.75*t) * size
			px, pz := dx*r, dz*r
			fold := 0.5*seed.sum(px*0.7+3, pz*0.2, 2) + 0.20*math.Sin(px*3.1+2.5*seed.at(px*0.9, 7))
			ray := 0.45 + 0.9*(seed+2).sum(px*9, 1, 3)
			for i, at := range [2]float64{0.62, 1.15} {
				d := pz - at - fold*(1+0.5*float64(i))
				sheet := bell(d, 0.030+0.03*t) * (1 - 0.3*float64(i))
				foot := step(0, 0.06, t) * math.Exp(-3.4*t)
				green, violet := rgb{0.10, 0.95, 0.42}, rgb{0.50, 0.12, 0.75}
				total = total.add(green.mix(violet, step(0.2, 0.75, t)).scale(sheet * foot * max(ray, 0.04)))
			}
		}
		veil := rgb{0.015, 0.07, 0.05}.scale(bell(up-0.22, 0.2) * (0.6 + 0.6*seed.sum(x*1.5, y*1.5, 3)))
		return under.add(total.scale(strength * 13 / slices).add(veil).scale(step(0.02, 0.12, up)))
	})
}

// milkyWay is a tent below a clear sky.
func milkyWay(c *canvas) {
	const seed = field(89)
	c.gradient(0.86, stop{0, hex(0x4a4656)}, stop{0.1, hex(0x262c4c)}, stop{0.4, hex(0x10172f)}, stop{0.86, hex(0x070b1a)})
	galaxy(c, seed)
	c.stars(17, 1500, 0.86, 0.75)
	ground := func(x float64) float64 { return 0.855 + 0.03*seed.sum(x*2.2, 1, 5) - 0.05*bell(x-0.1, 0.22) }
	far := func(x float64) float64 { return 0.80 - 0.10*seed.ridges(x*1.3+0.4, 2, 7) + 0.03 }
	c.paint(func(x, y float64, under rgb) rgb {
		under = under.mix(hex(0x151a2c), c.edge(far(x)-y))
		d := math.Hypot((x-0.44)*0.8, (y-0.92)*1.6)
		grass := 0.8 + 0.9*seed.sum(x*60, y*26, 3)
		soil := hex(0x0a0d12).add(rgb{0.24, 0.12, 0.035}.scale(max(grass, 0) / (1 + d*d*260)))
		return under.mix(soil, c.edge(ground(x)+0.002*seed.at(x*220, 3)-y))
	})
	tent(c, 0.44, 0.915, 0.10)
}

// galaxy paints the Milky Way's band with its dark lanes.
func galaxy(c *canvas, seed field) {
	r := rand.New(rand.NewPCG(89, 3))
	across := func(x, y float64) (along, off float64) {
		const turn = 1.12
		dx, dy := x-0.40, y-0.44
		return dx*math.Cos(turn) - dy*math.Sin(turn), dx*math.Sin(turn) + dy*math.Cos(turn)
	}
	density := func(x, y float64) (glow, dust float64) {
		along, off := across(x, y)
		off += 0.05 * seed.sum(along*4, off*4, 4)
		n := seed.sum(x*7, y*7, 5)
		core := bell(along+0.22, 0.4)
		glow = bell(off, 0.085+0.05*core) * (0.62 + 0.75*core + 0.5*n)
		lane := bell(off+0.012+0.03*seed.sum(along*5, 3, 4), 0.032)
		dust = lane * step(-0.25, 0.45, (seed+4).sum(x*8, y*8, 5)+0.35)
		return max(glow, 0), dust
	}
	c.paint(func(x, y float64, under rgb) rgb {
		glow, dust := density(x, y)
		along, _ := across(x, y)
		tint := rgb{0.13, 0.15, 0.25}.mix(rgb{0.36, 0.26, 0.20}, bell(along+0.22, 0.32))
		return under.add(tint.scale(glow * (1 - 0.88*dust) * step(0.85, 0.55, y)))
	})
	for range 9000 {
		x, y := r.Float64()*c.aspect, r.Float64()*0.8
		glow, dust := density(x, y)
		keep, light := r.Float64(), 0.10+0.35*math.Pow(r.Float64(), 5)
		if keep > glow*(1-dust) {
			continue
		}
		c.dab(x, y, 0.002, 0.002, func(dx, dy float64, under rgb) rgb {
			return under.add(rgb{0.9, 0.93, 1}.scale(light * bell(math.Hypot(dx, dy), 0.0007)))
		})
	}
}

// tent paints a tent that is lit from inside.
func tent(c *canvas, x, y, size float64) {
	at := func(px, py float64) point { return point{x + px*size, y - py*size} }
	lamp := func(k float64) func(px, py float64) rgb {
		return func(px, py float64) rgb {
			d := math.Hypot(px-x, py-y+0.25*size) / size
			return rgb{1.5, 0.72, 0.20}.scale(k / (0.55 + 1.6*d*d))
		}
	}
	c.glow(x, y-0.2*size, size*0.9, rgb{0.16, 0.075, 0.02})
	c.polygon(lamp(0.85), at(-0.95, 0), at(-0.7, 0.42), at(-0.3, 0.72), at(0.08, 0.8), at(0.08, 0))
	c.polygon(lamp(0.6), at(0.08, 0), at(0.08, 0.8), at(0.45, 0.66), at(0.8, 0.36), at(1.0, 0))
	for _, seam := range [][3]float64{{-0.95, -0.45, 0.06}, {0.05, 0.11, 0.02}, {0.5, 0.62, 0.03}} {
		c.polygon(plain(hex(0x40200c)), at(seam[0]*0.5+0.04, 0), at(0.05, 0.8), at(0.07, 0.8), at(seam[0]*0.5+0.06, 0))
	}
	c.polygon(plain(rgb{2.0, 1.25, 0.5}), at(-0.12, 0), at(-0.02, 0.5), at(0.03, 0.5), at(0.03, 0))
}

// crescent is a thin moon in the evening sky above dark ridges.
func crescent(c *canvas) {
	const seed = field(97)
	c.gradient(0.80, stop{0, hex(0xffb060)}, stop{0.10, hex(0xf58f6c)}, stop{0.24, hex(0xb8708c)}, stop{0.42, hex(0x5f5f98)}, stop{0.80, hex(0x1b2a5c)})
	c.stars(21, 60, 0.45, 0.9)
	clouds{seed: 98, horizon: 0.83, size: 1.1, cover: -0.22, soft: 0.5, bright: rgb{1.0, 0.52, 0.38}, dark: hex(0x6a4a72), lightX: 0.3, stretch: 2.4}.draw(c)
	const mx, my, r = 0.42, 0.30, 0.040
	c.glow(mx, my, 0.035, rgb{0.10, 0.10, 0.12})
	c.dab(mx, my, 2*r, 2*r, func(dx, dy float64, under rgb) rgb {
		disc := c.edge(math.Hypot(dx, dy) - r)
		// The shadow's centre lies to the upper left, away from the set sun.
		lit := disc * (1 - c.edge(math.Hypot(dx+0.30*r, dy+0.26*r)-r*0.985))
		return under.add(rgb{0.03, 0.035, 0.05}.scale(disc)).mix(rgb{1.6, 1.5, 1.3}, lit)
	})
	c.dab(0.24, 0.42, 0.01, 0.01, func(dx, dy float64, under rgb) rgb {
		return under.add(rgb{2.2, 2.1, 1.9}.scale(bell(math.Hypot(dx, dy), 0.0017)))
	})
	for k := range 6 {
		t := float64(k) / 5
		tone := hex(0xc06f72).mix(hex(0x0e1224), math.Pow(t, 0.6))
		base := 0.76 + 0.20*t*t + 0.02*t
		c.paint(func(x, y float64, under rgb) rgb {
			n := (seed + field(k)).ridges(x*(2.6-1.1*t)+float64(k)*3.7, 0.5, 7)
			top := base - (0.065+0.05*t)*n + 0.02
			fog := step(0, 0.10, y-top) * (1 - t) * 0.55
			return under.mix(tone.mix(hex(0xe8957a), fog), c.edge(top-y))
		})
	}
}
