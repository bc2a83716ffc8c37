package main

import (
	"math"
	"math/rand/v2"
)

// church is a small church on a meadow, a snowy mountain behind it.
func church(c *canvas) {
	const seed = field(11)
	sun := daylight{-0.8, 0.42, -0.25, rgb{1.5, 1.25, 0.92}, rgb{0.26, 0.33, 0.45}, hex(0xa9c4dc), 110}
	l := land{eye: 1.1, focal: 1.3, horizon: 0.70, near: 1.2, far: 70}
	l.height = func(x, z float64) float64 {
		meadow := 0.35 + 0.12*seed.sum(x*0.25, z*0.25, 4) + 0.3*step(5, 14, z)
		gully := seed.ridges(x*0.17+3, z*0.17, 8)
		d := math.Hypot((x-4.2)*(1+0.12*step(2, 9, x)), (z-34)*0.8) + 1.6*seed.at(x*0.2, z*0.2)
		peak := 10.5 * math.Pow(max(1-d/13.5, 0), 1.25) * (0.72 + 0.4*gully)
		back := 4.2 * step(24, 52, z) * (0.2 + 0.8*seed.ridges(x*0.08, z*0.08, 7))
		return meadow + max(peak, back)
	}
	l.color = func(p place) rgb {
		grass := hex(0x8a8a3c).mix(hex(0xb79a4a), step(-0.4, 0.5, seed.sum(p.x*0.8, p.z*0.4, 4)))
		if p.z < 16 {
			blades := seed.sum(p.x*20, p.z*7, 5)
			return sun.on(l, p, grass.scale(0.8+0.45*blades))
		}
		return sun.on(l, p, rock(p, seed, hex(0x5d5048), grass.mix(hex(0x6f7a3a), 0.5), 4.2, 5.0))
	}
	c.gradient(l.horizon, stop{0, hex(0xcfe0ec)}, stop{0.2, hex(0xa5c8e6)}, stop{0.8, hex(0x3f7fc0)})
	clouds{seed: 71, horizon: 0.74, size: 1.6, cover: -0.12, soft: 0.5, bright: rgb{1, 0.98, 0.95}, dark: hex(0xa8b8c8), lightX: -1, stretch: 1}.draw(c)
	l.draw(c)
	chapel(c, 0.52, 0.735, 0.17)
}

// chapel paints a church of a height that stands at a place.
func chapel(c *canvas, x, y, size float64) {
	at := func(px, py float64) point { return point{x + px*size, y - py*size} }
	white, shade, red := rgb{0.92, 0.9, 0.86}, rgb{0.36, 0.42, 0.52}, hex(0xa8322a)
	c.dab(x+0.35*size, y, 1.1*size, 0.1*size, func(dx, dy float64, under rgb) rgb {
		return under.scale(1 - 0.5*bell(dx/1.1/size, 0.6)*bell(dy/size, 0.05))
	})
	c.polygon(plain(shade), at(0, 0), at(0.85, 0), at(0.85, 0.36), at(0, 0.36))
	c.polygon(func(_, py float64) rgb { return red.scale(0.55 + 0.1*math.Sin(py*900)) }, at(-0.02, 0.35), at(0.88, 0.35), at(0.72, 0.62), at(-0.02, 0.62))
	for i := range 3 {
		wx := 0.28 + 0.2*float64(i)
		c.polygon(plain(hex(0x1c2a3c)), at(wx, 0.1), at(wx+0.07, 0.1), at(wx+0.07, 0.27), at(wx, 0.27))
	}
	c.polygon(plain(white), at(-0.24, 0), at(0.02, 0), at(0.02, 0.62), at(-0.24, 0.62))
	c.polygon(plain(shade.scale(1.15)), at(0.02, 0), at(0.12, 0.02), at(0.12, 0.6), at(0.02, 0.62))
	c.polygon(plain(red), at(-0.27, 0.61), at(0.03, 0.61), at(-0.08, 1.0))
	c.polygon(plain(red.scale(0.5)), at(0.03, 0.61), at(0.14, 0.59), at(-0.08, 1.0))
	c.polygon(plain(hex(0x5a2018)), at(-0.17, 0), at(-0.06, 0), at(-0.06, 0.2), at(-0.17, 0.2))
	c.polygon(plain(hex(0x1c2a3c)), at(-0.15, 0.38), at(-0.08, 0.38), at(-0.08, 0.52), at(-0.15, 0.52))
}

// waterfall is a white curtain in a green cliff, with somebody looking up.
func waterfall(c *canvas) {
	const seed = field(23)
	mid := c.aspect * 0.5
	c.gradient(0.3, stop{0, hex(0xdfe8ee)}, stop{0.3, hex(0x9fbfd8)})
	rim := func(x float64) float64 {
		return 0.17 + 0.03*seed.sum(x*3, 0, 4) + 0.10*math.Pow(math.Abs(x-mid)/mid, 2)*-1
	}
	c.paint(func(x, y float64, under rgb) rgb {
		r := rim(x)
		in := c.edge(r - y)
		if in == 0 {
			return under
		}
		return under.mix(cliff(seed, x, y, y-r), in)
	})
	fall(c, seed, mid, 0.115, rim(mid)+0.005, 0.83)
	stream(c, seed, mid)
	c.paint(func(x, y float64, under rgb) rgb {
		n := 0.6 + 0.5*seed.sum(x*5, y*6, 5)
		spray := 0.95*bell((x-mid)/0.22, 1)*bell((y-0.79)/0.075, 1) + 0.3*bell((x-mid)/0.4, 1)*bell((y-0.72)/0.16, 1)
		return under.mix(rgb{0.86, 0.9, 0.93}, min(spray*n, 0.95))
	})
	c.rainbow(mid-0.02, 0.93, 0.235, 0.035, 0.17, func(x, y float64) float64 { return step(0.93, 0.8, y) * step(mid-0.30, mid-0.05, x) })
	person(c, mid+0.235, 0.955, 0.052)
}

// cliff is the colour of the rock, below its rim by d: moss on its ledges.
func cliff(seed field, x, y, d float64) rgb {
	warp := 0.4 * seed.sum(x*4, y*4, 3)
	ledge := seed.sum(x*5+warp, y*11+warp, 6)
	columns := seed.ridges(x*15+warp, y*2.6, 6)
	rock := hex(0x1f1b18).mix(hex(0x85735e), step(0.1, 1.35, columns+0.9*ledge+0.35*seed.sum(x*45, y*60, 3)))
	moss := hex(0x2c3d12).mix(hex(0x93a544), step(-0.6, 0.8, seed.sum(x*55, y*40, 4)))
	green := step(0.05, 0.45, ledge+0.9*bell(d, 0.05)-0.1+0.3*seed.at(x*3, y*3))
	shade := 0.55 + 0.45*step(-0.6, 0.5, seed.sum(x*7, y*9-0.05, 4)-0.5*ledge)
	return rock.mix(moss, green).scale(shade)
}

// fall paints falling water: strands that widen and break on their way.
func fall(c *canvas, seed field, x, half, top, bottom float64) {
	c.paint(func(px, py float64, under rgb) rgb {
		if py < top-0.01 || py > bottom {
			return under
		}
		t := (py - top) / (bottom - top)
		ragged := 0.020*seed.sum(py*6, 4, 4) + 0.018*seed.sum(px*30, py*3, 3)
		w := half * (0.86 + 0.3*t)
		in := step(w, w*0.72, math.Abs(px-x)+ragged) * step(-0.004, 0.004, py-top-0.004*seed.at(px*30, 1))
		strand := seed.sum(px*34+0.6*seed.at(px*6, py*3), py*2.4, 5)
		curl := seed.sum(px*12, py*9, 4)
		light := 0.70 + 0.38*strand + 0.18*curl - 0.10*(1-t)
		water := hex(0x8fa6b4).mix(rgb{0.97, 0.98, 1}, step(0.25, 0.95, light))
		return under.mix(water, in*step(0.12, 0.4, light+0.35))
	})
}

// stream paints the river below the fall and the gravel on its sides.
func stream(c *canvas, seed field, mid float64) {
	c.paint(func(x, y float64, under rgb) rgb {
		d := y - 0.80
		if d < 0 {
			return under
		}
		z := 0.05 / (d + 0.04)
		pebble, second, id := seed.cells((x-mid)*70*z+9, 70*z)
		stones := hex(0x57524c).scale((0.35 + 0.65*id) * (0.4 + 0.6*step(0, 0.25, second-pebble)))
		bank := math.Abs(x-mid+0.5*d*d) - 0.19 - 0.1*math.Sin(d*19) - 0.045*seed.sum(x*5, y*14, 4)
		ripple := seed.sum((x-mid)*30*z, 60*z, 4)
		water := hex(0x6f8894).mix(rgb{0.9, 0.94, 0.97}, step(-0.15, 0.75, ripple+0.55*bell(d, 0.08)))
		ground := water.mix(stones, step(-0.006, 0.012, bank))
		return under.mix(ground, step(0, 0.03, d))
	})
}

// person paints somebody in a red jacket, seen from behind.
func person(c *canvas, x, y, size float64) {
	jacket, trousers, skin := hex(0xc8331f), hex(0x22262e), hex(0x3a2a20)
	at := func(px, py float64) point { return point{x + px*size, y - py*size} }
	c.dab(x+0.15*size, y, 0.6*size, 0.12*size, func(dx, dy float64, under rgb) rgb {
		return under.scale(1 - 0.6*bell(dx, 0.35*size)*bell(dy, 0.07*size))
	})
	c.polygon(plain(trousers), at(-0.12, 0), at(-0.02, 0), at(0, 0.3), at(0.02, 0), at(0.12, 0), at(0.12, 0.46), at(-0.12, 0.46))
	c.polygon(func(px, _ float64) rgb { return jacket.scale(1 - 2.2*(px-x)/size) },
		at(-0.17, 0.36), at(0.17, 0.36), at(0.19, 0.76), at(0.08, 0.84), at(-0.08, 0.84), at(-0.19, 0.76))
	c.disc(x, y-0.92*size, 0.09*size, skin)
}

// geyser is a column of water and steam before a blue sky.
func geyser(c *canvas) {
	const seed = field(37)
	l := land{eye: 1, focal: 1.1, horizon: 0.72, near: 1, far: 60}
	sun := daylight{-0.8, 0.45, 0.1, rgb{1.15, 1.02, 0.85}, rgb{0.3, 0.36, 0.45}, hex(0xb4cbdd), 45}
	l.height = func(x, z float64) float64 {
		return 0.2 + 0.06*seed.sum(x, z, 4) + 4*step(14, 40, z)*seed.ridges(x*0.09, z*0.09, 7)
	}
	l.color = func(p place) rgb {
		n := seed.sum(p.x*1.2, p.z*1.2, 5)
		crust := hex(0xa08a6a).mix(hex(0xcdbb98), step(-0.4, 0.6, n))
		crust = crust.mix(hex(0x9a5a2a), step(0.1, 0.7, seed.sum(p.x*0.5+4, p.z*1.1, 4)))
		wet := bell(math.Hypot(p.x, (p.z-4.6)*0.8), 1.25)
		crust = crust.mix(hex(0x5d7f8c), step(0.25, 0.7, wet+0.15*n))
		if p.z > 9 {
			crust = rock(p, seed, hex(0x6a5a4c), hex(0x7d8044), 2.6, 9)
		}
		return sun.on(l, p, crust)
	}
	c.gradient(l.horizon, stop{0, hex(0xc4dcec)}, stop{0.25, hex(0x8bbbe4)}, stop{0.75, hex(0x2c6cb4)})
	l.draw(c)
	steam(c, seed, c.aspect*0.5, 0.885)
}

// steam paints the eruption from a vent upwards: a dense jet that opens into
// billows drifting to the right.
func steam(c *canvas, seed field, x, vent float64) {
	dense := func(px, py float64) float64 {
		up := (vent - py) / vent
		if up < 0 {
			return 0
		}
		drift := 0.17 * up * up
		w := 0.028 + 0.17*math.Pow(up, 0.8)
		r := math.Abs(px-x-drift) / w
		warp := 0.5 * seed.sum(px*4, py*4, 3)
		n := (seed + 3).sum(px*7+warp, py*7+warp, 6)
		strand := 0.75 + 0.5*(seed+9).sum((px-x)/w*2.2, py*5, 4)
		jet := bell(r, 0.6) * step(0.75, 0.1, up) * strand
		return step(0.95, 0.25, r-0.55*n)*(0.55+0.45*step(1, 0.3, up)) + jet
	}
	c.paint(func(px, py float64, under rgb) rgb {
		d := dense(px, py)
		if d <= 0 {
			return under
		}
		lit := step(-0.35, 0.45, d-dense(px-0.03, py-0.02)+0.25*(seed+3).sum(px*7, py*7, 5)-0.03)
		white := hex(0x8a9eb4).mix(rgb{1.02, 1.0, 0.97}, lit)
		return under.mix(white, min(d, 0.98))
	})
	r := rand.New(rand.NewPCG(37, 2))
	for range 700 {
		up := math.Pow(r.Float64(), 1.4) * 0.5
		px := x + r.NormFloat64()*(0.006+0.07*up) + 0.05*up*up
		c.dab(px, vent-up, 0.004, 0.006, func(dx, dy float64, under rgb) rgb {
			return under.mix(rgb{1, 1, 1}, 0.6*bell(dx, 0.0012)*bell(dy, 0.003))
		})
	}
}

// rain is a shower over green hills while the sun breaks through.
func rain(c *canvas) {
	const seed = field(41)
	sun := daylight{0.8, 0.42, -0.15, rgb{2.3, 1.85, 1.15}, rgb{0.30, 0.36, 0.44}, hex(0x93a3b2), 55}
	l := land{eye: 3.4, focal: 1.15, horizon: 0.54, near: 2.2, far: 80}
	l.height = func(x, z float64) float64 {
		hills := 2.3 * step(3, 12, z+x*0.3) * (seed.sum(x*0.13, z*0.13, 3) + 0.45)
		return 0.4 + hills + 4.2*step(22, 50, z)*seed.ridges(x*0.07, z*0.07, 7) + 0.05*seed.sum(x*2, z*2, 4)
	}
	l.color = func(p place) rgb {
		grass := hex(0x4f7324).mix(hex(0xa3a845), step(-0.6, 0.6, seed.sum(p.x*0.5, p.z*0.5, 6)))
		// The sun falls through one gap in the clouds.
		gap := bell((p.sx-0.98+0.1*seed.at(p.x*0.2, p.z*0.2))/0.45, 1) * bell((p.z-14)/12, 1)
		light := sun
		light.sun = sun.sun.scale(0.10 + 1.0*gap)
		return light.on(l, p, rock(p, seed, hex(0x4b463c), grass, 4.2, 9).scale(0.9+0.35*seed.sum(p.x*7, p.z*4, 4)))
	}
	c.gradient(l.horizon, stop{0, hex(0xdcd8c4)}, stop{0.1, hex(0xa7b1b8)}, stop{0.5, hex(0x5f6f80)})
	clouds{seed: 43, horizon: 0.62, size: 2.1, cover: 0.45, soft: 1.1, bright: hex(0xdad9d2), dark: hex(0x46535f), lightX: 1.4, stretch: 1}.draw(c)
	l.draw(c)
	c.paint(func(x, y float64, under rgb) rgb {
		slant := x + 0.22*y
		shaft := step(0.10, 0.45, slant+0.07*seed.sum(slant*4, y, 3)) * step(0.95, 0.55, slant+0.05*seed.sum(slant*7, y, 3))
		streak := 0.72 + 0.22*seed.sum(slant*26, y*0.8, 3)
		low := step(0.02, 0.5, y) * step(0.74, 0.5, y)
		return under.mix(hex(0xa4b0ba), min(0.85*shaft*streak*low, 0.85))
	})
	c.rainbow(0.70, 0.93, 0.66, 0.06, 0.30, func(x, y float64) float64 { return step(0.70, 0.5, y) * step(0.85, 0.2, x) })
	c.vignette(0.2)
}

// volcano is an eruption by night.
func volcano(c *canvas) {
	const seed = field(53)
	const vx, vy = 0.86, 0.50
	c.gradient(0.72, stop{0, hex(0x2a2030)}, stop{0.2, hex(0x141a30)}, stop{0.7, hex(0x060914)})
	c.stars(5, 500, 0.6, 0.9)
	c.paint(func(x, y float64, under rgb) rgb {
		up := vy - y
		if up < -0.05 {
			return under
		}
		lean := vx + 0.5*up*up + 0.35*up
		warp := 0.5 * seed.sum(x*2.5, y*2.5, 4)
		n := (seed + 1).sum(x*3.2+warp, y*3.2+warp, 6)
		dense := step(1.15, 0.35, math.Abs(x-lean)/(0.07+0.55*max(up, 0))-0.6*n)
		fire := math.Exp(-math.Hypot((x-vx)*1.2, up)/0.17) * (0.75 + 0.9*n)
		smoke := hex(0x1c1518).scale(1 + 0.5*n).add(rgb{2.6, 0.62, 0.13}.scale(max(fire, 0)))
		return under.mix(smoke, dense*0.93)
	})
	l := land{eye: 2.4, focal: 1.2, horizon: 0.72, near: 2.4, far: 40}
	cone := func(x, z float64) float64 { return math.Hypot(x-1.52, (z-14)*0.8) }
	l.height = func(x, z float64) float64 {
		d := cone(x, z)
		h := 5.1*math.Exp(-d/2.9) - 1.0*math.Exp(-d*d/0.12)
		return 0.3 + h + 0.35*seed.ridges(x*0.5, z*0.5, 6)*(0.4+0.6*step(0.5, 3, d))
	}
	l.color = func(p place) rgb {
		d := cone(p.x, p.z)
		toward := math.Max(0, (p.nx*(1.52-p.x)+p.ny*1.2+p.nz*(14-p.z))/(d+0.8))
		c := hex(0x1a1516).times(rgb{0.25, 0.3, 0.42}).add(rgb{1.0, 0.22, 0.05}.scale(0.62 * toward / (0.6 + d*d*0.09)))
		return c.add(lava(seed, p, d))
	}
	l.draw(c)
	fountain(c, vx, vy+0.025)
	c.glow(vx, vy-0.04, 0.085, rgb{0.75, 0.20, 0.03})
	c.bloom(0.8, 0.018, 0.5)
}

// lava is the glow of the rivers that run down from the crater.
func lava(seed field, p place, d float64) rgb {
	warp := 0.55*seed.sum(p.x*0.7, p.z*0.5, 4) + 0.25*math.Sin(p.z*0.9)
	river := math.Abs(p.x - 1.35 - warp - 0.10*(14-p.z)*math.Sin(p.z*0.33+1.2))
	wide := 0.05 + 0.028*max(0, 14-p.z)
	heat := step(wide, wide*0.2, river) * step(14.4, 13.4, p.z) * step(3.2, 5, p.z)
	second := math.Abs(p.x - 1.9 - 0.30*(14-p.z) + 0.5*seed.sum(p.x*0.8+9, p.z*0.6, 4))
	heat = max(heat, 0.8*step(0.1, 0.01, second)*step(14.2, 13.2, p.z)*step(9.5, 11.5, p.z))
	crust := step(-0.2, 0.5, seed.sum(p.x*5, p.z*3, 4)+0.55*heat)
	return rgb{3.2, 0.75, 0.10}.scale(heat * heat * (0.25 + 0.75*crust))
}

// fountain paints sparks thrown up and falling back.
func fountain(c *canvas, x, y float64) {
	r := rand.New(rand.NewPCG(53, 4))
	for range 2600 {
		vx, vy := r.NormFloat64()*0.075, 0.16+0.52*math.Pow(r.Float64(), 0.9)
		t := r.Float64() * 1.05
		px, py := x+vx*t, y-vy*t+0.36*t*t
		if py > y+0.05 {
			continue
		}
		heat := math.Exp(-1.3 * t)
		light := rgb{2.2, 0.35 + 0.9*heat, 0.05 + 0.35*heat*heat}.scale(0.35 + 1.2*heat)
		sx, sy := 0.0011+0.0012*r.Float64(), 0.0018+0.006*math.Abs(-vy+0.72*t)
		c.dab(px, py, 3*sx, 3*sy, func(dx, dy float64, under rgb) rgb {
			return under.add(light.scale(0.8 * bell(dx, sx) * bell(dy, sy)))
		})
	}
}
