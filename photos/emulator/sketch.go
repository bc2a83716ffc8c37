package emulator

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// sketch is a small drawing of where a place is, or how a way leads: lines of
// latitude and longitude with pins, computed from the coordinates alone, so that
// a page loads nothing from elsewhere.
type sketch struct {
	Width, Height int
	Globe         float64  // the radius of a globe; 0 is a map
	Grid, Equator string   // paths of SVG
	Labels        []svgTag // of the lines of a map
	Way           string
	Pins          []svgTag
}

// svgTag is something at a point of a drawing.
type svgTag struct {
	X, Y float64
	Text string
}

const degree = math.Pi / 180

// svgPath makes a path of points, which may be broken off.
type svgPath struct {
	strings.Builder
	drawing bool
}

func (p *svgPath) to(x, y float64) {
	letter := "M"
	if p.drawing {
		letter = "L"
	}
	p.drawing = true
	p.WriteString(letter + strconv.FormatFloat(tenth(x), 'f', -1, 64) + " " + strconv.FormatFloat(tenth(y), 'f', -1, 64))
}

func tenth(x float64) float64 { return math.Round(x*10) / 10 }

// globe draws a place on the globe as it is seen from half the place's latitude,
// so that a place in the north is above the middle.
func (p place) globe() *sketch {
	const size, radius = 132, 62
	s := &sketch{Width: size, Height: size, Globe: radius}
	view := projection{lat: p.Latitude / 2 * degree, long: (p.Longitude - 20) * degree, radius: radius, middle: size / 2}
	var grid, equator svgPath
	for long := -180.0; long < 180; long += 30 {
		view.line(&grid, func(at float64) (float64, float64) { return at, long }, -90, 90)
	}
	for lat := -60.0; lat <= 60; lat += 30 {
		to := &grid
		if lat == 0 {
			to = &equator
		}
		view.line(to, func(at float64) (float64, float64) { return lat, at }, -180, 180)
	}
	s.Grid, s.Equator = grid.String(), equator.String()
	x, y, _ := view.point(p.Latitude, p.Longitude)
	s.Pins = []svgTag{{X: tenth(x), Y: tenth(y)}}
	return s
}

// projection is the orthographic one: the earth from far away.
type projection struct{ lat, long, radius, middle float64 }

// point is where a place is drawn, and whether it is on the side that is seen.
func (v projection) point(lat, long float64) (x, y float64, seen bool) {
	lat, long = lat*degree, long*degree-v.long
	x = v.middle + v.radius*math.Cos(lat)*math.Sin(long)
	y = v.middle - v.radius*(math.Cos(v.lat)*math.Sin(lat)-math.Sin(v.lat)*math.Cos(lat)*math.Cos(long))
	return x, y, math.Sin(v.lat)*math.Sin(lat)+math.Cos(v.lat)*math.Cos(lat)*math.Cos(long) >= 0
}

// line draws what is seen of a line.
func (v projection) line(to *svgPath, along func(at float64) (lat, long float64), from, until float64) {
	to.drawing = false
	for at := from; at <= until; at += 5 {
		x, y, seen := v.point(along(at))
		if !seen {
			to.drawing = false
			continue
		}
		to.to(x, y)
	}
}

// chart draws a way between two places on a map that has room around both.
func (r route) chart() *sketch {
	s := &sketch{Width: 420, Height: 190}
	from, to := r.Origin, r.Destination
	to.Longitude = from.Longitude + math.Remainder(to.Longitude-from.Longitude, 360) // the short way round
	way := greatCircle(from, to)
	m := fitted(way, float64(s.Width), float64(s.Height))
	m.grid(s)
	var path svgPath
	for _, p := range way {
		path.to(m.point(p.Latitude, p.Longitude))
	}
	s.Way = path.String()
	for _, p := range []place{from, to} {
		x, y := m.point(p.Latitude, p.Longitude)
		s.Pins = append(s.Pins, svgTag{X: tenth(x), Y: tenth(y)})
	}
	return s
}

// greatCircle is the shortest way between two places in some steps. Longitudes go
// on beyond 180 rather than jump.
func greatCircle(from, to place) []place {
	const steps = 32
	vector := func(p place) [3]float64 {
		lat, long := p.Latitude*degree, p.Longitude*degree
		return [3]float64{math.Cos(lat) * math.Cos(long), math.Cos(lat) * math.Sin(long), math.Sin(lat)}
	}
	a, b := vector(from), vector(to)
	angle := math.Acos(max(-1, min(1, a[0]*b[0]+a[1]*b[1]+a[2]*b[2])))
	if angle < 1e-9 || angle > math.Pi-1e-3 {
		return []place{from, to}
	}
	out := make([]place, steps+1)
	long := from.Longitude
	for i := range out {
		f := float64(i) / steps
		u, w := math.Sin((1-f)*angle)/math.Sin(angle), math.Sin(f*angle)/math.Sin(angle)
		x, y, z := u*a[0]+w*b[0], u*a[1]+w*b[1], u*a[2]+w*b[2]
		long += math.Remainder(math.Atan2(y, x)/degree-long, 360)
		out[i] = place{Latitude: math.Asin(max(-1, min(1, z))) / degree, Longitude: long}
	}
	return out
}

// flatMap is a piece of the earth that is small enough to be drawn flat, or is
// drawn as if it were.
type flatMap struct {
	width, height float64
	lat, long     float64 // of the middle
	scale         float64 // pixels a degree of latitude
	narrow        float64 // a degree of longitude is so much of one of latitude
}

// fitted is the map that shows all places with some room.
func fitted(places []place, width, height float64) flatMap {
	south, north, west, east := 90.0, -90.0, math.Inf(1), math.Inf(-1)
	for _, p := range places {
		south, north = min(south, p.Latitude), max(north, p.Latitude)
		west, east = min(west, p.Longitude), max(east, p.Longitude)
	}
	m := flatMap{width: width, height: height, lat: (south + north) / 2, long: (west + east) / 2}
	m.narrow = max(0.1, math.Cos(m.lat*degree))
	const least = 0.02 // degrees, so that a way of no length has a map too
	m.scale = min((width-120)/max(least, (east-west)*m.narrow), (height-96)/max(least, north-south))
	return m
}

func (m flatMap) point(lat, long float64) (x, y float64) {
	return m.width/2 + (long-m.long)*m.narrow*m.scale, m.height/2 - (lat-m.lat)*m.scale
}

// grid draws lines of latitude and longitude at round degrees, a few of each.
func (m flatMap) grid(s *sketch) {
	var grid svgPath
	step := roundStep(max(m.height/m.scale/3, m.width/m.scale/m.narrow/5))
	for lat := math.Ceil((m.lat-m.height/2/m.scale)/step) * step; lat < m.lat+m.height/2/m.scale; lat += step {
		if math.Abs(lat) > 90 {
			continue // beyond the pole
		}
		_, y := m.point(lat, m.long)
		grid.drawing = false
		grid.to(0, y)
		grid.to(m.width, y)
		if y > 22 && y < m.height-22 {
			s.Labels = append(s.Labels, svgTag{X: 8, Y: tenth(y - 4), Text: degrees(lat, step, "N", "S")})
		}
	}
	half := m.width / 2 / m.scale / m.narrow
	for long := math.Ceil((m.long-half)/step) * step; long < m.long+half; long += step {
		x, _ := m.point(m.lat, long)
		grid.drawing = false
		grid.to(x, 0)
		grid.to(x, m.height)
		if x > 50 && x < m.width-44 {
			s.Labels = append(s.Labels, svgTag{X: tenth(x + 4), Y: m.height - 7, Text: degrees(math.Remainder(long, 360), step, "E", "W")})
		}
	}
	s.Grid = grid.String()
}

// roundStep is the next of 90, 45, 30, 15, 10, 5, 2, 1 degrees, or of their tenths.
func roundStep(least float64) float64 {
	if least > 10 {
		for _, n := range []float64{15, 30, 45} {
			if n >= least {
				return n
			}
		}
		return 90
	}
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, n := range []float64{1, 2, 5} {
		if n*power >= least {
			return n * power
		}
	}
	return 10 * power
}

// degrees writes a line's name with as many digits as its step has.
func degrees(at, step float64, plus, minus string) string {
	digits := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	text := strconv.FormatFloat(math.Abs(at), 'f', digits, 64)
	side := plus
	if at < 0 {
		side = minus
	}
	if strings.Trim(text, "0.") == "" {
		return "0°"
	}
	return fmt.Sprintf("%s° %s", text, side)
}
