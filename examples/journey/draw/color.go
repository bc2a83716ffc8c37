package main

import "math"

// rgb is a colour in linear light, so that sums and blends look like light
// does. Values above 1 are brighter than the picture can show.
type rgb struct{ r, g, b float64 }

// hex is a colour as designers write it: 0xRRGGBB in sRGB.
func hex(v uint32) rgb {
	return rgb{linear(float64(v>>16&255) / 255), linear(float64(v>>8&255) / 255), linear(float64(v&255) / 255)}
}

func linear(s float64) float64 {
	if s <= 0.04045 {
		return s / 12.92
	}
	return math.Pow((s+0.055)/1.055, 2.4)
}

func encoded(l float64) float64 {
	if l <= 0.0031308 {
		return 12.92 * max(l, 0)
	}
	return 1.055*math.Pow(l, 1/2.4) - 0.055
}

func (c rgb) add(d rgb) rgb            { return rgb{c.r + d.r, c.g + d.g, c.b + d.b} }
func (c rgb) times(d rgb) rgb          { return rgb{c.r * d.r, c.g * d.g, c.b * d.b} }
func (c rgb) scale(k float64) rgb      { return rgb{c.r * k, c.g * k, c.b * k} }
func (c rgb) mix(d rgb, t float64) rgb { return c.scale(1 - t).add(d.scale(t)) }
func (c rgb) light() float64           { return 0.2126*c.r + 0.7152*c.g + 0.0722*c.b }

// shown maps light to a byte: straight up to half, then with a shoulder, so that
// a sun fades into its sky instead of ending at an edge.
func shown(l float64) uint8 {
	const knee = 0.6
	if l > knee {
		l = knee + (1-knee)*(1-math.Exp(-(l-knee)/(1-knee)))
	}
	return uint8(encoded(l)*255 + 0.5)
}

// stop is a colour at a place of a gradient.
type stop struct {
	at float64
	c  rgb
}

// ramp is the colour of a gradient at t. Between stops it eases, so that no band
// shows.
func ramp(t float64, stops ...stop) rgb {
	if t <= stops[0].at {
		return stops[0].c
	}
	for i := 1; i < len(stops); i++ {
		if a, b := stops[i-1], stops[i]; t < b.at {
			return a.c.mix(b.c, ease((t-a.at)/(b.at-a.at)))
		}
	}
	return stops[len(stops)-1].c
}

func ease(t float64) float64 { return t * t * (3 - 2*t) }

// step rises smoothly from 0 at a to 1 at b; b may be below a.
func step(a, b, t float64) float64 { return ease(min(max((t-a)/(b-a), 0), 1)) }

// bell is 1 at 0 and fades to both sides, w wide.
func bell(t, w float64) float64 { return math.Exp(-t * t / (w * w)) }
