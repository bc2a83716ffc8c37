package main

import "math"

// daylight is how a scene outdoors is lit.
type daylight struct {
	x, y, z float64 // the direction of the sun: right, up, away
	sun     rgb
	sky     rgb     // what comes from all around
	air     rgb     // the colour of the distance
	view    float64 // how far one sees; at that distance a third is left
}

// on is the light that comes from a place of a colour.
func (d daylight) on(l land, p place, albedo rgb) rgb {
	direct := p.lit(d.x, d.y, d.z)
	if direct > 0 {
		direct *= l.shadow(p, d.x, d.y, d.z)
	}
	light := d.sun.scale(direct).add(d.sky.scale(0.55 + 0.45*p.ny))
	return d.through(albedo.times(light), p.z)
}

// through is a colour as it is seen from a distance.
func (d daylight) through(c rgb, z float64) rgb {
	return d.air.mix(c, math.Exp(-z/d.view))
}

// rock is the colour of a slope: grass where it is flat and low, snow where it
// is flat and high, stone where it is steep.
func rock(p place, seed field, stone, grass rgb, grassTo, snowFrom float64) rgb {
	n := seed.sum(p.x*1.7, p.z*1.7, 5)
	fine := seed.sum(p.x*9, p.h*14+p.z*2, 3)
	c := stone.scale(1 + 0.45*fine)
	c = c.mix(grass.scale(1+0.35*n), step(0.45, 0.75, p.ny+0.2*n)*step(grassTo, grassTo*0.6, p.h+0.4*n))
	return c.mix(rgb{0.86, 0.89, 0.94}, step(-0.25, 0.25, p.h-snowFrom+n*0.7)*step(0.35, 0.62, p.ny+0.15*n))
}

// point is a corner of a shape on the canvas.
type point struct{ x, y float64 }

// polygon fills a shape with corners.
func (c *canvas) polygon(shade func(x, y float64) rgb, corners ...point) {
	low, high := corners[0], corners[0]
	for _, p := range corners {
		low = point{min(low.x, p.x), min(low.y, p.y)}
		high = point{max(high.x, p.x), max(high.y, p.y)}
	}
	mx, my := (low.x+high.x)/2, (low.y+high.y)/2
	c.dab(mx, my, (high.x-low.x)/2+c.sample(), (high.y-low.y)/2+c.sample(), func(dx, dy float64, under rgb) rgb {
		if inside(mx+dx, my+dy, corners) {
			return shade(mx+dx, my+dy)
		}
		return under
	})
}

func inside(x, y float64, corners []point) bool {
	in := false
	for i, a := range corners {
		b := corners[(i+1)%len(corners)]
		if (a.y > y) != (b.y > y) && x < (b.x-a.x)*(y-a.y)/(b.y-a.y)+a.x {
			in = !in
		}
	}
	return in
}

func plain(c rgb) func(x, y float64) rgb { return func(float64, float64) rgb { return c } }

// rainbow paints an arc around a centre.
func (c *canvas) rainbow(x, y, radius, width, strength float64, where func(x, y float64) float64) {
	c.paint(func(px, py float64, under rgb) rgb {
		t := (math.Hypot(px-x, py-y) - radius) / width
		if t < 0 || t > 1 {
			return under
		}
		light := rgb{bell(t-0.85, 0.28), bell(t-0.55, 0.26), bell(t-0.2, 0.26)}
		return under.add(light.scale(strength * step(0, 0.15, t) * step(1, 0.85, t) * where(px, py)))
	})
}
