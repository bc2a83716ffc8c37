package plan

// The reads of sharing.
const (
	ReadShared     ReadKind = "shared"      // sharedAlbums.get: is it joined
	ReadSharedList ReadKind = "shared_list" // sharedAlbums.list: by which token
)

// The reasons to look at sharing.
const (
	whyJoined = "named in the spec"
	whyLeft   = "joined by a token that the spec no longer has"
)

// Looks picks what is worth a look after a complete sweep because of sharing, none
// beyond the allowance of calls (law 5):
//
//	a share or unshare in doubt that the sweep does not show   albums.get
//	a shared album that the spec names                         sharedAlbums.get
//	one that was joined by a token the spec has no longer      sharedAlbums.list, once
//
// Where the service offers no sharing there is nothing to look at.
func Looks(in Input, allowance int) []Read {
	if in.Recorded.NoSharing {
		return nil
	}
	var out []Read
	tokens := map[string]bool{}
	for i := range in.Desired.Joined {
		j := &in.Desired.Joined[i]
		tokens[j.Token.Hash()] = true
		if in.Policy.selected(j.Key) {
			out = append(out, Read{Key: j.Key, Kind: ReadShared, Why: whyJoined, Calls: 1})
		}
	}
	var list *Read
	for _, key := range sortedKeys(in.Recorded.Joined) {
		if rec := in.Recorded.Joined[key]; !tokens[rec.TokenHash] && in.Policy.selected(key) && list == nil {
			list = &Read{Key: key, Kind: ReadSharedList, Why: whyLeft, Calls: 1}
		}
	}
	for _, d := range in.Recorded.Doubts {
		switch w := d.Wish; w.Kind {
		case ShareAlbum, UnshareAlbum:
			if live, seen := in.Observed.Albums[w.Album]; seen && live.Share == nil {
				out = append(out, Read{Key: w.Key, Album: w.Album, Kind: ReadAlbum, Why: whyDoubt, Calls: 1})
			}
		case JoinAlbum, LeaveAlbum:
			if !tokens[w.TokenHash] && list == nil {
				list = &Read{Key: w.Key, Kind: ReadSharedList, Why: whyDoubt, Calls: 1}
			}
		}
	}
	if list != nil {
		out = append(out, *list)
	}
	return afford(out, allowance)
}

// See takes in a shared album that was looked at by a token.
func (o *Observed) See(hash string, a SharedAlbum) {
	if o.Shared == nil {
		o.Shared = map[string]SharedAlbum{}
	}
	o.Shared[hash] = a
}
