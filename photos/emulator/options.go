package emulator

import (
	"log/slog"
	"maps"
	"time"
)

// Profile is the era of the API that is emulated.
type Profile string

// The eras. On 2025-03-31 Google took the sharing methods away and left each
// app with the albums and items that it made (Google's updates page).
const (
	Current Profile = "current" // since 2025-03-31; also what "" means
	Legacy  Profile = "legacy"  // before
)

// Options says how to open an Emulator. The zero value is an account in memory
// with Google's own limits.
type Options struct {
	// Dir keeps the account on disk; "" keeps it in memory.
	Dir string
	// BaseURL is put before productUrl and baseUrl, without a final slash; ""
	// takes the host that the request names.
	BaseURL string
	// Address is noted beside the lock of Dir, so that whoever finds the folder
	// in use learns where the emulator that uses it listens.
	Address string
	Profile Profile
	// Now is the clock; nil is time.Now, which is virtual in testing/synctest.
	Now func() time.Time
	// Latency is added to every call of the API, not to pages and pictures.
	Latency time.Duration
	// Logger gets one line a call at debug level; nil is silence.
	Logger *slog.Logger
	// Seed makes all ids the same in every run; 0 draws them at random.
	Seed int64

	DailyCalls       int   // calls a day; 0 = 10,000 (Google's quota page), negative = unlimited
	WritesPerMinute  int   // writes in one minute of the clock; 0 = 30 (as a client quotes a 429), negative = unlimited
	ConcurrentWrites int   // writes at one time; 0 = 1, negative = unlimited
	AlbumItems       int   // items of one album; 0 = 20,000 (discovery document)
	PhotoBytes       int64 // of one photograph; 0 = 200 MiB (upload guide)
	VideoBytes       int64 // of one video; 0 = 20 GiB (upload guide)
	StorageBytes     int64 // of each user; 0 = unlimited
	TextLength       int   // characters of an enrichment's text; 0 = 1,000
	PlaceNameLength  int   // characters of a location's name; 0 = 500
	ChunkGranularity int   // of resumable uploads, in bytes; 0 = 262,144

	// Tokens declares access tokens with what they permit, beside those that the
	// emulator's own OAuth issues. Once there are any, or with RequireTokens, every
	// other token is refused; without, any text is the owner's token for the default
	// client with all scopes of the profile.
	Tokens        map[string]Grant
	RequireTokens bool

	Choices Choices
	// Clients are the OAuth clients that may ask people for access; nil is
	// DefaultOAuthClient alone.
	Clients []OAuthClient
	// Users are those who can be chosen at the page of consent; nil is the owner.
	Users []string

	// Sync makes every change reach the disk before it is answered. Without, a
	// change survives the death of the process but not that of the machine.
	Sync bool
}

// Choices holds what no source tells about Google's behaviour. The zero value
// is the likeliest answer; a careful client works with all of them.
type Choices struct {
	// AddExisting says what batchAddMediaItems does with a member of the album:
	// "" leaves it where it is, "move" puts it at the end, "error" refuses.
	AddExisting string
	// RemoveAbsentOK lets batchRemoveMediaItems pass over items that are not in
	// the album, instead of refusing the call.
	RemoveAbsentOK bool
	// OKOnPartialSuccess answers batchCreate with 200 where some entries failed,
	// instead of 207.
	OKOnPartialSuccess bool
	// OldestAlbumsFirst turns the order of albums.list.
	OldestAlbumsFirst bool
	// RefuseLargePages answers 400 to a pageSize above the maximum, instead of
	// taking the maximum.
	RefuseLargePages bool
	// OneUseTokens refuses an upload token that has made an item already.
	OneUseTokens bool
	// AnyCover lets albums.patch take a cover that is not in the album.
	AnyCover bool
	// TrimTitles takes blanks off both ends of titles.
	TrimTitles bool
	// ReviveTrashed brings the trashed item back when its bytes are uploaded
	// again, instead of making a new item.
	ReviveTrashed bool
	// HideForeignAlbums answers a write to an album of the user's that the app did
	// not make as if its id were none, instead of telling of a missing permission.
	HideForeignAlbums bool
	// AppIsProject takes all OAuth clients of one Cloud project, whose number their
	// ids begin with, for one app, instead of each for one.
	AppIsProject bool
	// AdoptDuplicates makes an item that the app did not make the app's when its
	// bytes are uploaded again.
	AdoptDuplicates bool
	// CountUnseen counts items in mediaItemsCount that the app does not see.
	CountUnseen bool
	// RefuseShareTwice refuses to share a shared album, instead of answering how it
	// is shared.
	RefuseShareTwice bool
	// UnshareTwice lets an album be unshared that is not shared.
	UnshareTwice bool
	// ForbidForeignShare answers 403 instead of 400 to an app that shares or
	// unshares an album that it did not make.
	ForbidForeignShare bool
	// KeepShareTokens gives an album that is shared again its earlier token and
	// link, instead of new ones.
	KeepShareTokens bool
	// RefuseDeadShareToken answers 400 instead of 404 to a share token that is none.
	RefuseDeadShareToken bool
	// RefuseJoinTwice refuses to join an album that the user joined.
	RefuseJoinTwice bool
	// OwnerJoins lets owners join their own album, which changes nothing.
	OwnerJoins bool
	// LeaveTwice lets a user leave an album that the user did not join.
	LeaveTwice bool
	// LeaveTakesItems takes what a user added out of an album that the user leaves.
	LeaveTakesItems bool
	// EditReads lets a token that has only the scope to edit read what it may edit.
	EditReads bool
	// SharingReads lets a token that has only the scope to share read, in the
	// legacy profile, the albums that it shared.
	SharingReads bool
	// ListLag hides a new album from albums.list for this long.
	ListLag time.Duration
	// VideoProcessing leaves new videos PROCESSING for this long.
	VideoProcessing time.Duration
	// TellRefreshExpiry puts refresh_token_expires_in into the answer for a client
	// in testing, as Google documents it for access of limited time.
	TellRefreshExpiry bool
}

// orDefault is n, or otherwise if n is zero.
func orDefault[N int | int64](n, otherwise N) N {
	if n == 0 {
		return otherwise
	}
	return n
}

// withDefaults replaces the zero values by what they stand for.
func (o Options) withDefaults() Options {
	o.DailyCalls = orDefault(o.DailyCalls, 10_000)
	o.WritesPerMinute = orDefault(o.WritesPerMinute, 30)
	o.ConcurrentWrites = orDefault(o.ConcurrentWrites, 1)
	o.AlbumItems = orDefault(o.AlbumItems, 20_000)
	o.PhotoBytes = orDefault(o.PhotoBytes, 200<<20)
	o.VideoBytes = orDefault(o.VideoBytes, 20<<30)
	o.TextLength = orDefault(o.TextLength, 1000)
	o.PlaceNameLength = orDefault(o.PlaceNameLength, 500)
	o.ChunkGranularity = orDefault(o.ChunkGranularity, granularity)
	if o.Profile == "" {
		o.Profile = Current
	}
	if len(o.Clients) == 0 {
		o.Clients = []OAuthClient{DefaultOAuthClient()}
	}
	if len(o.Users) == 0 {
		o.Users = []string{DefaultUser}
	}
	o.Tokens = maps.Clone(o.Tokens)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o
}
