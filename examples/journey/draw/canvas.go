package main

import (
	"image"
	"math"
	"runtime"
	"sync"
)

// fine is how many samples wide and high a pixel is.
const fine = 2

// canvas is a picture in linear light, finer than the one that is written.
// Places on it are measured in picture heights, so that a scene looks the same
// at any size: x runs from 0 to aspect, y from 0 at the top to 1.
type canvas struct {
	w, h   int
	unit   float64 // samples in a picture's height
	top    float64 // where the first row is, in y; only a mirror begins elsewhere than at 0
	aspect float64
	px     []rgb
	depth  []float64 // how far away the land is; 0 is sky
	water  []float64 // how far away the water is; 0 is none
}

// newCanvas is a black canvas for a picture of that many pixels.
func newCanvas(width, height int) *canvas {
	w, h := width*fine, height*fine
	return &canvas{w: w, h: h, unit: float64(h), aspect: float64(w) / float64(h), px: make([]rgb, w*h),
		depth: make([]float64, w*h), water: make([]float64, w*h)}
}

// above is a black canvas for what stands above and over a picture, from a y
// that may be below 0.
func (c *canvas) above(top, bottom float64) *canvas {
	h := int((bottom-top)*c.unit + 1)
	return &canvas{w: c.w, h: h, unit: c.unit, top: top, aspect: c.aspect, px: make([]rgb, c.w*h),
		depth: make([]float64, c.w*h), water: make([]float64, c.w*h)}
}

// sample is one sample's size.
func (c *canvas) sample() float64 { return 1 / c.unit }

// rows calls f for each number below n, several at a time. Each number must
// work on samples of its own.
func rows(n int, f func(int)) {
	var all sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for k := range workers {
		all.Go(func() {
			for i := k; i < n; i += workers {
				f(i)
			}
		})
	}
	all.Wait()
}

// paint sets each sample to what f makes of the one that is there.
func (c *canvas) paint(f func(x, y float64, under rgb) rgb) {
	rows(c.h, func(j int) { c.row(j, 0, c.w, f) })
}

func (c *canvas) row(j, from, to int, f func(x, y float64, under rgb) rgb) {
	y := c.top + (float64(j)+0.5)*c.sample()
	for i := from; i < to; i++ {
		p := &c.px[j*c.w+i]
		*p = f((float64(i)+0.5)*c.sample(), y, *p)
	}
}

// dab paints the samples around a place only.
func (c *canvas) dab(x, y, rx, ry float64, f func(dx, dy float64, under rgb) rgb) {
	i0, i1 := c.index(x-rx, c.w), c.index(x+rx, c.w)
	for j := c.index(y-ry-c.top, c.h); j < c.index(y+ry-c.top, c.h); j++ {
		c.row(j, i0, i1, func(px, py float64, under rgb) rgb { return f(px-x, py-y, under) })
	}
}

func (c *canvas) index(at float64, most int) int {
	return min(max(int(at*c.unit+0.5), 0), most)
}

// edge is how much of a sample lies inside of a shape whose border is d away,
// negative inside.
func (c *canvas) edge(d float64) float64 {
	return min(max(0.5-d*c.unit/fine, 0), 1)
}

// read is the colour at a place, between its samples.
func (c *canvas) read(x, y float64) rgb {
	fx, fy := x*c.unit-0.5, (y-c.top)*c.unit-0.5
	i, j := int(math.Floor(fx)), int(math.Floor(fy))
	u, v := fx-float64(i), fy-float64(j)
	return c.get(i, j).mix(c.get(i+1, j), u).mix(c.get(i, j+1).mix(c.get(i+1, j+1), u), v)
}

func (c *canvas) get(i, j int) rgb {
	return c.px[min(max(j, 0), c.h-1)*c.w+min(max(i, 0), c.w-1)]
}

// glow adds light that fades with the distance.
func (c *canvas) glow(x, y, size float64, light rgb) {
	c.paint(func(px, py float64, under rgb) rgb {
		d := math.Hypot(px-x, py-y) / size
		return under.add(light.scale(1 / (1 + d*d*d)))
	})
}

// copy is a canvas of its own with the same picture.
func (c *canvas) copy() *canvas {
	d := *c
	d.px = append([]rgb(nil), c.px...)
	return &d
}

// blur smears the picture by a radius: three boxes are nearly a bell.
func (c *canvas) blur(radius float64) {
	r := int(radius * c.unit)
	if r < 1 {
		return
	}
	for range 3 {
		rows(c.h, func(j int) { box(c.px[j*c.w:], c.w, 1, r) })
		rows(c.w, func(i int) { box(c.px[i:], c.h, c.w, r) })
	}
}

// box replaces each of n samples by the mean of its neighbours.
func box(px []rgb, n, stride, r int) {
	line := make([]rgb, n)
	for i := range line {
		line[i] = px[i*stride]
	}
	at := func(i int) rgb { return line[min(max(i, 0), n-1)] }
	var total rgb
	for i := -r; i <= r; i++ {
		total = total.add(at(i))
	}
	k := 1 / float64(2*r+1)
	for i := range line {
		px[i*stride] = total.scale(k)
		total = total.add(at(i + r + 1)).add(at(i - r).scale(-1))
	}
}

// bloom lets what is brighter than the picture can show shine on what is around.
func (c *canvas) bloom(over, radius, strength float64) {
	light := c.copy()
	light.paint(func(_, _ float64, under rgb) rgb {
		l := under.light()
		return under.scale(max(l-over, 0) / max(l, 1e-9))
	})
	light.blur(radius)
	for i := range c.px {
		c.px[i] = c.px[i].add(light.px[i].scale(strength))
	}
}

// vignette darkens the corners a little, as lenses do.
func (c *canvas) vignette(strength float64) {
	c.paint(func(x, y float64, under rgb) rgb {
		dx, dy := x/c.aspect-0.5, y-0.5
		return under.scale(1 - strength*step(0.15, 0.55, dx*dx+dy*dy))
	})
}

// picture is the canvas as it is written: each pixel the mean of its samples.
func (c *canvas) picture() *image.RGBA {
	w, h := c.w/fine, c.h/fine
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	rows(h, func(j int) {
		for i := range w {
			var total rgb
			for k := range fine * fine {
				total = total.add(c.get(i*fine+k%fine, j*fine+k/fine))
			}
			total = total.scale(1.0 / (fine * fine))
			o := out.PixOffset(i, j)
			out.Pix[o], out.Pix[o+1], out.Pix[o+2], out.Pix[o+3] = shown(total.r), shown(total.g), shown(total.b), 255
		}
	})
	return out
}
