package main

import "time"

// picture is one file of the journey.
type picture struct {
	path          string
	title         string
	width, height int
	quality       int
	taken         time.Time
	scene         func(*canvas)
}

// album lists the pictures. The capture times tell another order than the names.
func album() []picture {
	iceland := func(day, hour, minute int) time.Time {
		return time.Date(2024, time.September, day, hour, minute, 7*minute%60, 0, time.FixedZone("", 0))
	}
	spring := func(day, hour, minute int) time.Time {
		return time.Date(2025, time.April, day, hour, minute, 11*minute%60, 0, time.FixedZone("", 2*60*60))
	}
	return []picture{
		{"day1/church.jpg", "The church under the mountain", 960, 640, 56, iceland(3, 8, 41), church},
		{"day1/waterfall.jpg", "The waterfall", 640, 960, 56, iceland(3, 11, 15), waterfall},
		{"day1/geyser.jpg", "The geyser, on time", 640, 960, 64, iceland(3, 14, 32), geyser},
		{"day1/rain.jpg", "Rain and sun over the hills", 960, 640, 60, iceland(3, 17, 58), rain},
		{"day1/volcano.jpg", "The eruption by night", 960, 640, 60, iceland(3, 23, 20), volcano},
		{"day2/glacier.jpg", "Icebergs below the glacier", 960, 640, 54, iceland(4, 7, 52), glacier},
		{"day2/ice.jpg", "Ice on the black sand", 640, 960, 56, iceland(4, 10, 9), ice},
		{"day2/ice-blurred.jpg", "Ice on the black sand, out of focus", 640, 960, 45, iceland(4, 10, 8), blurredIce},
		{"day2/black-beach.jpg", "The sea stacks", 960, 640, 54, iceland(4, 15, 46), blackBeach},
		{"day2/sunset.jpg", "The last light at the arch", 960, 640, 60, iceland(4, 20, 11), sunset},
		{"day2/aurora.jpg", "Northern lights over the lake", 960, 640, 58, iceland(4, 23, 37), aurora},
		{"day3/milky-way.jpg", "The tent below the Milky Way", 640, 960, 58, iceland(5, 2, 14), milkyWay},
		{"day3/dawn.jpg", "Fog in the valleys at dawn", 960, 640, 60, iceland(5, 6, 18), dawn},
		{"day3/highlands.jpg", "The coloured hills", 960, 640, 50, iceland(5, 12, 3), highlands},
		{"day3/ring-road.jpg", "The road back", 960, 640, 54, iceland(5, 16, 27), ringRoad},
		{"day3/crescent.jpg", "The new moon on the last evening", 640, 960, 66, iceland(5, 20, 49), crescent},
		{"garden/daisies.jpg", "Daisies in the grass", 960, 640, 52, spring(12, 16, 5), daisies},
		{"garden/cherry.jpg", "The cherry tree", 640, 960, 64, spring(6, 10, 22), cherry},
		{"garden/tulips.jpg", "Tulips", 960, 640, 62, spring(21, 11, 48), tulips},
		{"garden/pond.jpg", "Water lilies", 960, 640, 62, spring(29, 18, 30), pond},
	}
}
