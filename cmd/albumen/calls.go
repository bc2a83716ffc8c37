package main

import (
	"sync/atomic"

	"albumen/photos"
)

// counter counts the calls of a command.
type counter struct{ n atomic.Int64 }

func (c *counter) count(photos.Call) { c.n.Add(1) }

func (c *counter) total() int { return int(c.n.Load()) }
