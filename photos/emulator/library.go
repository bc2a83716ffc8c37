package emulator

import (
	"cmp"
	"slices"
)

// library is what one user has.
type library struct {
	byDigest map[digest]number // the live item of these bytes
	newest   []number          // live items, newest capture time first
	storage  int64             // bytes of all items
}

// library is the user's library, by the name that the journal has. One that holds
// nothing yet is not kept, so that reading makes no change.
func (w *world) library(user string) *library {
	if l := w.libraries[user]; l != nil {
		return l
	}
	return &library{}
}

// libraryOf is the library that an item is in.
func (w *world) libraryOf(it *item) *library {
	l := w.libraries[it.User]
	if l == nil {
		l = &library{byDigest: map[digest]number{}}
		w.libraries[it.User] = l
	}
	return l
}

// byNewest orders items as the library shows them: the latest capture first,
// and of two captures of one second the one that was uploaded later.
func (w *world) byNewest(a, b number) int {
	return cmp.Or(cmp.Compare(w.items[b].Created, w.items[a].Created), cmp.Compare(b, a))
}

// show puts a live item into its library.
func (w *world) show(n number) {
	l := w.libraryOf(w.items[n])
	if _, other := l.byDigest[w.items[n].Digest]; !other {
		l.byDigest[w.items[n].Digest] = n
	}
	if w.unsorted {
		l.newest = append(l.newest, n)
		return
	}
	at, _ := slices.BinarySearchFunc(l.newest, n, w.byNewest)
	l.newest = slices.Insert(l.newest, at, n)
}

// hide takes an item out of its library.
func (w *world) hide(n number) {
	w.sort()
	l := w.libraryOf(w.items[n])
	if l.byDigest[w.items[n].Digest] == n {
		delete(l.byDigest, w.items[n].Digest)
	}
	if at, ok := slices.BinarySearchFunc(l.newest, n, w.byNewest); ok {
		l.newest = slices.Delete(l.newest, at, at+1)
	}
}

// sort ends the time in which the order of the libraries is not kept up.
func (w *world) sort() {
	if w.unsorted {
		for _, l := range w.libraries {
			slices.SortFunc(l.newest, w.byNewest)
		}
	}
	w.unsorted = false
}
