package main

import "math"

// glacier is a lagoon with icebergs, the glacier that they broke from behind.
func glacier(c *canvas) {
	const seed = field(61)
	sun := daylight{-0.55, 0.38, 0.15, rgb{1.5, 1.3, 1.0}, rgb{0.34, 0.42, 0.55}, hex(0xb9cde0), 90}
	l := land{eye: 1.5, focal: 1.25, horizon: 0.40, near: 1.6, far: 90}
	l.height = func(x, z float64) float64 {
		if z < 19 {
			return iceberg(seed, x, z)
		}
		tongue := math.Abs(x+4-0.12*(z-20)) / (5 + 0.12*z)
		ice := (0.7 + 0.11*(z-19)) * step(1.5, 0.7, tongue) * (0.9 + 0.14*seed.ridges(x*0.5, z*0.35, 5))
		peaks := 7.5 * step(21, 46, z) * step(0.55, 2.3, tongue) * (0.25 + 0.8*seed.ridges(x*0.075, z*0.075, 8))
		return max(ice*step(19, 20, z), peaks) - 0.1
	}
	l.color = func(p place) rgb {
		if p.z < 19 {
			return sun.through(ice3D(seed, p, sun), p.z)
		}
		tongue := math.Abs(p.x+4-0.12*(p.z-20)) / (5 + 0.12*p.z)
		crack := seed.ridges(p.x*0.35, p.z*0.9+0.2*p.x, 5)
		snow := rgb{0.88, 0.92, 0.97}.mix(hex(0x7fb2d8), step(0.5, 1.1, crack)*0.8)
		stone := rock(p, seed, hex(0x5a5250), hex(0x6c6a4a), 1.5, 3.6)
		return sun.on(l, p, snow.mix(stone, step(0.8, 1.15, tongue+0.12*seed.at(p.x, p.z))))
	}
	sky := func(c *canvas) {
		c.gradient(l.horizon, stop{0, hex(0xf4e3cd)}, stop{0.14, hex(0xc7dbea)}, stop{0.45, hex(0x6fa3d2)})
		clouds{seed: 63, horizon: 0.47, size: 1.3, cover: -0.05, soft: 0.7, bright: rgb{1, 0.97, 0.93}, dark: hex(0xb0bfd0), lightX: -0.5, stretch: 1}.draw(c)
	}
	sky(c)
	l.draw(c)
	l.flood(c, sea{deep: hex(0x1d4a5c), clear: 0.75, wave: func(x, z float64) float64 {
		return 0.010*seed.sum(x*2, z*5, 4)*step(16, 2, z) + 0.008*seed.sum(x*0.4, z*1.2, 3)
	}}, sky)
}

// iceberg is the height of the ice that drifts in the lagoon.
func iceberg(seed field, x, z float64) float64 {
	height := -0.2
	for _, b := range []struct{ x, z, wide, tall float64 }{
		{-1.75, 6.4, 0.85, 0.95}, {2.05, 8.2, 1.1, 1.35}, {-0.2, 10.6, 0.7, 0.7}, {-4.9, 11.5, 1.3, 1.3}, {6.2, 13, 1.5, 1.15},
		{2.0, 15.5, 1.2, 0.9}, {-2.0, 16, 1.3, 1.0}, {-8, 16.5, 1.5, 1.2}, {0.95, 4.6, 0.26, 0.17}, {-0.55, 3.9, 0.2, 0.1},
		{0.35, 7.2, 0.3, 0.2}, {2.3, 5.2, 0.3, 0.2}, {-3.0, 8.4, 0.35, 0.25}, {4.1, 10.4, 0.5, 0.35}, {9, 16.8, 1.5, 1.2}, {0.1, 5.6, 0.13, 0.07},
		{1.5, 6.3, 0.14, 0.08}, {-1.2, 8.6, 0.2, 0.12}, {-1.1, 4.5, 0.1, 0.05}, {3.2, 12.6, 0.4, 0.2},
	} {
		dx, dz := (x-b.x)/b.wide, (z-b.z)/b.wide
		if dx*dx+dz*dz > 2 {
			continue
		}
		// Breaks run straight: a berg is what some slanted planes leave over.
		top := 9.0
		for k := range 6 {
			turn := 1.05*float64(k) + 6*seed.hash(int64(b.x*10), 9) + 0.5*seed.hash(int64(b.x*10), int64(k))
			lean := 0.9 + 2.6*seed.hash(int64(b.z*10), int64(k))
			top = min(top, lean*(0.95-dx*math.Cos(turn)-dz*math.Sin(turn)))
		}
		cap := 1 + 0.55*dx*(2*seed.hash(int64(b.x*7), 3)-1) + 0.5*dz*(2*seed.hash(int64(b.x*7), 4)-1)
		top = min(top, cap) * (0.9 + 0.14*seed.sum(x*4, z*4, 4))
		height = max(height, b.tall*0.75*top)
	}
	return height
}

// ice3D is the colour of an iceberg: white where snow lies, blue where light
// comes through old ice, with bands of ash.
func ice3D(seed field, p place, sun daylight) rgb {
	bands := seed.sum(p.x*0.9+p.h*1.3, p.h*9-p.x*2.2, 4)
	body := hex(0x3f9fd0).mix(hex(0xbfe4f4), step(-0.5, 0.7, bands+0.5*p.ny))
	body = body.mix(hex(0x2a3a44), 0.55*step(0.42, 0.62, bands))
	body = body.mix(rgb{0.93, 0.95, 0.97}, step(0.55, 0.85, p.ny+0.12*seed.sum(p.x*5, p.z*5, 3)))
	wet := step(0.09, 0.01, p.h)
	body = body.mix(hex(0x2f86a8), 0.7*wet)
	light := sun.sun.scale(0.62 * (0.25 + 0.75*p.lit(sun.x, sun.y, sun.z))).add(sun.sky.scale(0.75 + 0.3*p.ny))
	return body.times(light)
}

// blackBeach is a black beach with stacks in the surf, on a grey day.
func blackBeach(c *canvas) {
	const seed = field(67)
	sun := daylight{0.75, 0.5, -0.1, rgb{1.35, 1.2, 1.0}, rgb{0.30, 0.35, 0.42}, hex(0xb4c0c8), 130}
	l := land{eye: 1.15, focal: 1.15, horizon: 0.44, near: 1.1, far: 90}
	shore := func(x float64) float64 { return 4.3 + 0.9*math.Sin(x*0.55+0.6) + 0.5*seed.sum(x*0.5, 2, 3) - 0.25*x }
	l.height = func(x, z float64) float64 {
		h := 0.04 * (shore(x) - z)
		if h < -0.02 {
			h = -0.02
		}
		return max(h, stack(seed, x, z), 3.6*step(-5.2, -9.5, x+0.9*seed.sum(x*0.5, z*0.5, 5))*step(10, 14, z)*step(44, 30, z))
	}
	l.color = func(p place) rgb {
		if p.z < 8 && p.h < 0.5 {
			sand := hex(0x222226).scale(0.75 + 0.35*seed.sum(p.x*3, p.z*2, 4) + 0.5*seed.sum(p.x*34, p.z*16, 3))
			wet := step(0.075, 0.005, p.h+0.05*seed.sum(p.x*0.7, p.z*1.5, 3))
			return sun.on(l, p, sand).mix(hex(0xaab6c0), 0.5*wet*step(1.5, 3.6, p.z))
		}
		columns := seed.ridges(p.x*3, p.z*3+p.h*0.4, 5)
		stone := hex(0x17171a).mix(hex(0x4a4540), step(0.2, 1.2, columns))
		top := step(0.55, 0.85, p.ny) * step(0.7, 1.6, p.h)
		return sun.on(l, p, stone.mix(hex(0x5d6b38), top))
	}
	sky := func(c *canvas) {
		c.gradient(l.horizon, stop{0, hex(0xf6ecd8)}, stop{0.16, hex(0xc6d0d8)}, stop{0.45, hex(0x6f8498)})
		clouds{seed: 69, horizon: 0.48, size: 1.2, cover: 0.3, soft: 1, bright: hex(0xf0efea), dark: hex(0x6c7c8c), lightX: 0.9, stretch: 1}.draw(c)
	}
	sky(c)
	l.draw(c)
	l.flood(c, sea{deep: hex(0x3d6470), clear: 0.62, wave: func(x, z float64) float64 {
		return 0.10*seed.sum(x*0.5, z*1.8, 4) + 0.07*seed.sum(x*2.5, z*7, 3)*step(25, 5, z)
	}, over: func(x, z, _ float64, under rgb) rgb { return surf(seed, x, z, z-shore(x), under) }}, sky)
}

// stack is the height of the rocks that stand in the sea.
func stack(seed field, x, z float64) float64 {
	height := -1.0
	for _, s := range []struct{ x, z, wide, tall float64 }{
		{3.6, 16, 0.95, 5.2}, {5.9, 17.5, 0.8, 3.9}, {1.5, 18, 0.5, 2.4}, {8.2, 19, 1.6, 2.6}, {2.6, 14.2, 0.35, 0.7},
	} {
		d := math.Hypot(x-s.x, z-s.z)/s.wide + 0.3*seed.sum(x*1.5, z*1.5, 4)
		height = max(height, s.tall*(1-math.Pow(max(d, 0), 1.25)*0.75)*(0.9+0.2*seed.at(x*4, z*4)))
	}
	return height
}

// surf is the foam of a wave that runs out on the beach and of two that break
// behind it.
func surf(seed field, x, z, out float64, under rgb) rgb {
	lace := seed.sum(x*3.2, z*6, 5)
	web := seed.ridges(x*2.4+0.4*lace, z*4.5, 4)
	run := out + 0.35*seed.sum(x*0.8, z*0.8, 3)
	foam := step(0.02, 0.1, out+0.03*lace) * step(0.55, 0.12, run) * 0.95
	foam = max(foam, step(1.6, 0.2, run)*step(0.75, 1.1, web)*0.85)
	for i, at := range []float64{2.6, 5.2} {
		crest := run - at - 0.5*seed.at(x*0.35, float64(i)*9)
		foam = max(foam, step(-0.25, 0.05, crest)*step(0.9, 0.1, crest)*step(-0.35, 0.35, lace+0.4*seed.at(x*0.5, float64(i)*5)))
	}
	return under.mix(rgb{0.9, 0.92, 0.93}, foam)
}

// sunset is the last light on the sea, with an arch of rock.
func sunset(c *canvas) {
	const seed = field(73)
	const sunX, sunY = 0.52, 0.455
	l := land{eye: 1.6, focal: 1.2, horizon: 0.52, near: 1.4, far: 400, height: func(x, z float64) float64 { return -1 }, color: func(place) rgb { return rgb{} }}
	sky := func(c *canvas) {
		c.gradient(l.horizon, stop{0, hex(0xff9a3c)}, stop{0.08, hex(0xff8a4a)}, stop{0.22, hex(0xd8627a)}, stop{0.38, hex(0x7d5592)}, stop{0.55, hex(0x33407c)})
		c.glow(sunX, sunY, 0.13, rgb{0.75, 0.36, 0.07})
		clouds{seed: 76, horizon: 0.55, size: 1.7, cover: -0.05, soft: 0.6, bright: rgb{1.25, 0.55, 0.25}, dark: hex(0x5a3f66), lightX: 0.5, stretch: 1.5}.draw(c)
		c.disc(sunX, sunY, 0.034, rgb{6, 4.4, 2.2})
		headland(c, seed, l.horizon)
	}
	sky(c)
	l.draw(c)
	l.flood(c, sea{deep: hex(0x171f3c), clear: 0.7, wave: func(x, z float64) float64 {
		return 0.13*seed.sum(x*0.9, z*1.7, 4) + 0.08*seed.sum(x*4, z*6, 2)*step(25, 3, z) + 0.05*seed.at(x*0.1, z*0.35)
	}}, sky)
	gulls(c)
	c.bloom(1.1, 0.03, 0.35)
	c.vignette(0.3)
}

// headland paints a cliff on the right that ends in an arch, dark before the
// light.
func headland(c *canvas, seed field, horizon float64) {
	c.paint(func(x, y float64, under rgb) rgb {
		rough := 0.012*seed.sum(x*14, y*14, 5) + 0.008*seed.sum(x*5, 3, 3)
		top := 0.13*step(0.74, 0.80, x) + 0.06*step(0.9, 1.3, x) + 0.16*step(1.12, 1.5, x)
		d := (horizon - top + rough) - y // below 0 inside
		gate := math.Max(math.Abs(x-0.845+rough)-0.032, horizon-0.078-0.3*math.Abs(x-0.845)+rough-y)
		inside := c.edge(max(d, -gate))
		if y > horizon {
			inside = 0
		}
		stone := hex(0x1c1424).mix(hex(0x4a2a34), step(0.02, -0.01, -d)*0.5+0.3*seed.sum(x*30, y*22, 3)*0.5+0.1)
		return under.mix(stone, inside)
	})
	for _, s := range []struct{ x, tall, wide float64 }{{0.685, 0.05, 0.012}, {0.655, 0.022, 0.008}} {
		c.dab(s.x, horizon-s.tall/2, s.wide*2.5, s.tall/2, func(dx, dy float64, under rgb) rgb {
			t := dy/s.tall + 0.5
			w := s.wide * (0.35 + 0.65*t) * (1 + 0.3*seed.sum(dy*90, s.x*9, 3))
			return under.mix(hex(0x1c1424), c.edge(math.Abs(dx)-w))
		})
	}
}

// gulls paints a few birds, far away.
func gulls(c *canvas) {
	for _, g := range []struct{ x, y, size float64 }{{0.30, 0.24, 0.020}, {0.345, 0.265, 0.014}, {0.27, 0.285, 0.013}, {0.40, 0.22, 0.011}, {0.64, 0.33, 0.012}} {
		c.dab(g.x, g.y, g.size*1.2, g.size, func(dx, dy float64, under rgb) rgb {
			t := math.Abs(dx) / g.size
			if t > 1 {
				return under
			}
			wing := -0.45*g.size*math.Sin(math.Pow(t, 0.7)*2.5) + 0.1*dx
			return under.mix(hex(0x1a1420), c.edge(math.Abs(dy-wing)-g.size*0.055*(1.2-t)))
		})
	}
}
