// Package photos speaks the Google Photos Library API.
package photos
