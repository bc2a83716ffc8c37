package reconcile

import (
	"time"

	"albumen/reconcile/plan"
	"albumen/spec"
)

// EventKind says what an Event tells.
type EventKind string

// The events of a pass, roughly in their order.
const (
	Sweeping      EventKind = "sweep"
	Reading       EventKind = "read"
	Uploading     EventKind = "upload"        // Bytes more of a file were sent; negative when a try starts over
	Uploaded      EventKind = "uploaded"      // a file arrived
	UploadFailed  EventKind = "upload_failed" // a file did not
	ActionStarted EventKind = "action_started"
	ActionEnded   EventKind = "action_ended"
	Waiting       EventKind = "wait"
)

// Event is one thing that happened. Fields that a kind does not need are zero.
type Event struct {
	Kind        EventKind
	Key         spec.Key
	Action      *plan.Action
	Result      *Result
	Label       string
	Bytes       int64
	Done, Total int
	Why         string
	Wait        time.Duration
	Err         error
}
