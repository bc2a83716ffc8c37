package main

import "math"

// dawn is a morning above a sea of fog.
func dawn(c *canvas) {
	const seed = field(101)
	sun := daylight{-0.7, 0.18, 0.55, rgb{2.0, 1.15, 0.6}, rgb{0.30, 0.33, 0.47}, hex(0xf0bfa6), 60}
	l := land{eye: 6.5, focal: 1.15, horizon: 0.38, near: 3, far: 140}
	fog := func(x, z float64) float64 {
		return 2.1 + 0.35*seed.sum(x*0.12, z*0.12, 3) + 0.16*(seed+8).sum(x*0.55, z*0.55, 4)
	}
	ground := func(x, z float64) float64 {
		return 7.4*(seed+3).ridges(x*0.045+0.3, z*0.055+0.8, 8)*(0.45+0.55*step(8, 30, z)) - 1.1
	}
	l.height = func(x, z float64) float64 { return max(ground(x, z), fog(x, z)) }
	l.color = func(p place) rgb {
		over := ground(p.x, p.z) - fog(p.x, p.z)
		white := rgb{0.95, 0.86, 0.84}
		vapour := sun.through(white.times(sun.sun.scale(0.55*p.lit(sun.x, sun.y+0.3, sun.z)).add(sun.sky.scale(1.15))), p.z)
		hill := sun.on(l, p, rock(p, seed, hex(0x4a3f42), hex(0x55592f), 4.4, 5.6))
		return vapour.mix(hill, step(0, 0.55, over+0.15*seed.sum(p.x, p.z, 4)))
	}
	c.gradient(l.horizon, stop{0, hex(0xffd2a0)}, stop{0.08, hex(0xfbbf9e)}, stop{0.2, hex(0xd7a9b8)}, stop{0.38, hex(0x7f9acb)})
	c.glow(0.26, l.horizon-0.015, 0.12, rgb{0.8, 0.42, 0.14})
	clouds{seed: 103, horizon: 0.41, size: 0.9, cover: -0.14, soft: 0.5, bright: rgb{1.15, 0.72, 0.55}, dark: hex(0xa487a2), lightX: 0.2, stretch: 2}.draw(c)
	l.draw(c)
	c.paint(func(x, y float64, under rgb) rgb {
		d := math.Hypot(x-0.26, (y-l.horizon+0.01)*1.2)
		return under.add(rgb{0.50, 0.26, 0.10}.scale(math.Exp(-d / 0.20)))
	})
}

// highlands are hills of coloured ash and rhyolite.
func highlands(c *canvas) {
	const seed = field(107)
	sun := daylight{-0.8, 0.42, -0.1, rgb{1.75, 1.5, 1.12}, rgb{0.20, 0.26, 0.36}, hex(0xb9cbdc), 130}
	l := land{eye: 5.2, focal: 1.25, horizon: 0.34, near: 3, far: 110}
	l.height = func(x, z float64) float64 {
		gullies := seed.ridges(x*0.16, z*0.16, 7)
		big := seed.sum(x*0.07+4.2, z*0.07, 2) + 0.55
		return 0.6 + 4.4*big*(0.25+0.75*step(3, 16, z))*(0.68+0.32*gullies) + 0.05*seed.sum(x*2, z*2, 3) + 3.4*step(34, 75, z)*seed.ridges(x*0.04, z*0.04, 7)
	}
	l.color = func(p place) rgb {
		warp := seed.sum(p.x*0.16, p.z*0.16, 4)
		t := 0.5 + 0.55*warp + 0.13*p.h + 0.06*seed.sum(p.x*0.9, p.h*4+p.z*0.4, 4)
		ash := ramp(math.Mod(t+3, 1), stop{0, hex(0xc98f62)}, stop{0.16, hex(0xe3c08c)}, stop{0.33, hex(0xb06a5c)}, stop{0.5, hex(0x8d8a78)},
			stop{0.64, hex(0xd9b089)}, stop{0.8, hex(0x8a4f48)}, stop{1, hex(0xc98f62)})
		ash = ash.scale(0.85 + 0.35*seed.sum(p.x*4, p.z*4, 5))
		moss := step(0.74, 0.92, p.ny+0.16*seed.sum(p.x*0.7, p.z*0.7, 4)) * step(3.6, 1.8, p.h)
		ash = ash.mix(hex(0x6f7f30).scale(0.8+0.4*seed.sum(p.x*2, p.z*2, 5)), 0.8*moss)
		snow := step(0.15, 0.4, (seed+5).sum(p.x*0.5, p.z*0.8, 4)) * step(4.1, 5.2, p.h) * step(0.55, 0.8, p.ny)
		return sun.on(l, p, ash.mix(rgb{0.88, 0.9, 0.93}, snow))
	}
	c.gradient(l.horizon, stop{0, hex(0xd9e6ee)}, stop{0.1, hex(0xb2d0e6)}, stop{0.34, hex(0x5b93cb)})
	clouds{seed: 109, horizon: 0.38, size: 1.2, cover: 0.05, soft: 0.6, bright: rgb{1, 0.99, 0.97}, dark: hex(0xa6b6c8), lightX: -0.6, stretch: 1}.draw(c)
	l.draw(c)
}

// ringRoad is a road that runs to a mountain.
func ringRoad(c *canvas) {
	const seed = field(113)
	sun := daylight{0.8, 0.40, -0.15, rgb{1.45, 1.15, 0.8}, rgb{0.27, 0.33, 0.43}, hex(0xbccbd8), 100}
	l := land{eye: 1.25, focal: 1.25, horizon: 0.56, near: 1.1, far: 100}
	road := func(z float64) float64 { return 0.35*math.Sin((z-2)*0.115)*step(3, 22, z)*3.2 - 0.15 }
	l.height = func(x, z float64) float64 {
		off := math.Abs(x - road(z))
		plain := 0.30 + 0.16*seed.sum(x*0.5, z*0.5, 5)*step(0.9, 3, off)
		d := math.Hypot(x+1.5, (z-46)*0.9) + 3.2*seed.sum(x*0.1, z*0.1, 3)
		table := 9.0 * step(17, 6, d) * (0.8 + 0.3*seed.ridges(x*0.2, z*0.2, 7))
		return max(plain+0.5*step(12, 30, z), table, 5.2*step(30, 60, z)*seed.ridges(x*0.06, z*0.06, 8))
	}
	l.color = func(p place) rgb {
		off := p.x - road(p.z)
		soft := 0.004 * p.z
		moss := hex(0x6d7a34).mix(hex(0xb08a3a), step(-0.3, 0.6, seed.sum(p.x*0.7, p.z*0.5, 5)))
		heath := moss.mix(hex(0x7d3f2a), step(0.15, 0.6, seed.sum(p.x*1.6+5, p.z*0.9, 4)))
		heath = heath.scale(0.8 + 0.5*seed.sum(p.x*11, p.z*6, 4))
		if p.z > 24 {
			return sun.on(l, p, rock(p, seed, hex(0x5c4f48).scale(0.85+0.25*math.Sin(p.h*7+4*seed.sum(p.x*0.25, p.z*0.25, 3))), heath, 3.6, 6.4))
		}
		gravel := hex(0x6b6258).scale(0.8 + 0.5*seed.sum(p.x*22, p.z*22, 2))
		ground := heath.mix(gravel, step(1.25, 1.05, math.Abs(off)))
		asphalt := hex(0x47484c).scale(0.9 + 0.2*seed.sum(p.x*9, p.z*3, 3))
		ground = ground.mix(asphalt, step(0.93+soft, 0.93-soft, math.Abs(off)))
		white := rgb{0.82, 0.82, 0.78}
		ground = ground.mix(white, step(0.03+soft, 0.03-soft*0.4, math.Abs(math.Abs(off)-0.82)))
		dash := step(0.62, 0.6, math.Mod(p.z, 1.6)/1.6)
		ground = ground.mix(white, dash*step(0.03+soft, 0.03-soft*0.4, math.Abs(off)))
		return sun.on(l, p, ground)
	}
	c.gradient(l.horizon, stop{0, hex(0xf0e4d0)}, stop{0.12, hex(0xbdd4e6)}, stop{0.56, hex(0x4a86c4)})
	clouds{seed: 115, horizon: 0.60, size: 1.7, cover: 0.12, soft: 0.65, bright: rgb{1.05, 0.98, 0.9}, dark: hex(0x93a4b8), lightX: 1.6, stretch: 1}.draw(c)
	l.draw(c)
	for z := 2.0; z < 22; z += 2.0 {
		for _, side := range [2]float64{-1.05, 1.05} {
			post(c, l, road(z)+side, z)
		}
	}
}

// post paints one of the yellow posts that lead along the road.
func post(c *canvas, l land, x, z float64) {
	px := c.aspect/2 + x/z*l.focal
	foot := l.horizon - (l.height(x, z)-l.eye)*l.focal/z
	tall, wide := 0.42*l.focal/z, 0.028*l.focal/z
	c.dab(px, foot-tall/2, 2*wide, tall/2, func(dx, dy float64, under rgb) rgb {
		tone := hex(0xe2b21c).scale(1 - 0.35*dx/wide)
		if t := 0.5 - dy/tall; t > 0.78 && t < 0.9 {
			tone = rgb{0.9, 0.9, 0.88}
		}
		return under.mix(tone, c.edge(math.Abs(dx)-wide/2))
	})
}
