package emulator

import (
	"fmt"
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
	// ControlFromAnywhere lets the control API answer other machines, too, as
	// containers need it that are set up from outside. Whoever reaches the emulator
	// can then empty the account and let clients in.
	ControlFromAnywhere bool
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
	DailyMedia       int   `says:"requests at baseUrl that a day may have"` // requests at baseUrl a day; 0 = 75,000 (Google's quota page), negative = unlimited
	WritesPerMinute  int   // writes in one minute of the clock; 0 = 30 (as a client quotes a 429), negative = unlimited
	ConcurrentWrites int   `says:"writes at one time"`      // writes at one time; 0 = 1, negative = unlimited
	AlbumItems       int   `says:"items of one album"`      // items of one album; 0 = 20,000 (discovery document)
	PhotoBytes       int64 `says:"bytes of one photograph"` // of one photograph; 0 = 200 MiB (upload guide)
	VideoBytes       int64 `says:"bytes of one video"`      // of one video; 0 = 20 GiB (upload guide)
	StorageBytes     int64 // of each user; 0 = unlimited
	TextLength       int   `says:"characters of an enrichment's text"`    // characters of an enrichment's text; 0 = 1,000
	PlaceNameLength  int   `says:"characters of a location's name"`       // characters of a location's name; 0 = 500
	ChunkGranularity int   `says:"bytes, of which a chunk is a multiple"` // of resumable uploads, in bytes; 0 = 262,144

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
// is the likeliest answer; a careful client works with all of them. Set sets one
// by its name, which is the field's with a small first letter.
type Choices struct {
	// AddExisting says what batchAddMediaItems does with a member of the album:
	// "" leaves it where it is, "move" puts it at the end, "duplicate" puts it there
	// once more, "error" refuses.
	AddExisting string `values:"move,error,duplicate" says:"what batchAddMediaItems does with a member of the album"`
	// RemoveAbsentOK lets batchRemoveMediaItems pass over items that are not in
	// the album, instead of refusing the call.
	RemoveAbsentOK bool `says:"batchRemoveMediaItems passes over what is not in the album"`
	// OKOnPartialSuccess answers batchCreate with 200 where some entries failed,
	// instead of 207.
	OKOnPartialSuccess bool `says:"batchCreate answers 200, not 207, where some entries failed"`
	// PlaceExisting lets batchCreate with a position put an item there that is in
	// the album already, instead of leaving it where it is.
	PlaceExisting bool `says:"batchCreate with a position moves a member of the album there"`
	// DeadTokenPerEntry lets a dead upload token fail its entry of batchCreate,
	// instead of the call.
	DeadTokenPerEntry bool `says:"a dead upload token fails its entry, not the whole batchCreate"`
	// OldestAlbumsFirst turns the order of albums.list.
	OldestAlbumsFirst bool `says:"albums.list begins with the oldest"`
	// RefuseLargePages answers 400 to a pageSize above the maximum, instead of
	// taking the maximum.
	RefuseLargePages bool `says:"a pageSize above the maximum is refused"`
	// Pages makes all pages as the worst seen of the real service; several with
	// commas: "short" pages are not full, before each page comes an "empty" one,
	// behind a full last page comes a "trailing" empty one, and each page begins
	// with the last entry of the one before: "repeat".
	Pages string `values:"short,empty,trailing,repeat" list:"true" says:"pages as the worst seen; several with commas"`
	// OneUseTokens refuses an upload token that has made an item already.
	OneUseTokens bool `says:"an upload token makes one item"`
	// TakeEmptyUploads gives an upload without bytes a token, which then makes no
	// item, instead of refusing it.
	TakeEmptyUploads bool `says:"an upload without bytes gets a token"`
	// SessionLife is how long an upload session can be continued; 0 is 24 hours.
	SessionLife time.Duration `says:"how long an upload session lives, 24h by default"`
	// OpenSessions lets the URL of an upload session stand for the access token.
	OpenSessions bool `says:"the URL of an upload session needs no access token"`
	// AnyCover lets albums.patch take a cover that is not in the album.
	AnyCover bool `says:"a cover need not be in the album"`
	// TrimTitles takes blanks off both ends of titles.
	TrimTitles bool `says:"titles lose the blanks around them"`
	// ReviveTrashed brings the trashed item back when its bytes are uploaded
	// again, instead of making a new item.
	ReviveTrashed bool `says:"bytes of a trashed item bring it back"`
	// TrashedStay says where items that are in the trash still are: "" nowhere, "get"
	// lets get and batchGet answer with them, "albums" leaves them in their albums
	// and in mediaItemsCount too.
	TrashedStay string `values:"get,albums" says:"where trashed items still are"`
	// Errors says which errors have the older list of errors: "" those that were
	// seen with one, "always", or "never", which leaves the details out too.
	Errors string `values:"always,never" says:"which errors have errors[] and details[]"`
	// RetryAfter is the seconds of a Retry-After header with every 429, 0 for none.
	RetryAfter int `says:"seconds of a Retry-After header with every 429"`
	// ListLag hides a new album from albums.list for this long, and with LagHidesGet
	// from albums.get too.
	ListLag     time.Duration `says:"a new album is missing from albums.list for this long"`
	LagHidesGet bool          `says:"and, with listLag, from albums.get"`
	// SearchLag hides a new item from filtered searches for this long.
	SearchLag time.Duration `says:"a new item is missing from filtered searches for this long"`
	// VideoProcessing leaves new videos PROCESSING for this long, and with
	// VideosFail they are FAILED then.
	VideoProcessing time.Duration `says:"a new video is PROCESSING for this long"`
	VideosFail      bool          `says:"new videos are FAILED, with videoProcessing after that"`
	// HideForeignAlbums answers a write to an album of the user's that the app did
	// not make as if its id were none, instead of telling of a missing permission.
	HideForeignAlbums bool `says:"a foreign album of the user answers as an id that is none"`
	// AppIsProject takes all OAuth clients of one Cloud project, whose number their
	// ids begin with, for one app, instead of each for one.
	AppIsProject bool `says:"all OAuth clients of one Cloud project are one app"`
	// AdoptDuplicates makes an item that the app did not make the app's when its
	// bytes are uploaded again.
	AdoptDuplicates bool `says:"bytes uploaded again make a foreign item the app's"`
	// CountUnseen counts items in mediaItemsCount that the app does not see.
	CountUnseen bool `says:"mediaItemsCount counts what the app does not see"`
	// RefuseShareTwice refuses to share a shared album, instead of answering how it
	// is shared.
	RefuseShareTwice bool `says:"a shared album can't be shared again"`
	// UnshareTwice lets an album be unshared that is not shared.
	UnshareTwice bool `says:"an album that is not shared can be unshared"`
	// ForbidForeignShare answers 403 instead of 400 to an app that shares or
	// unshares an album that it did not make.
	ForbidForeignShare bool `says:"sharing a foreign album is 403, not 400"`
	// KeepShareTokens gives an album that is shared again its earlier token and
	// link, instead of new ones.
	KeepShareTokens bool `says:"an album shared again has its earlier token"`
	// RefuseDeadShareToken answers 400 instead of 404 to a share token that is none.
	RefuseDeadShareToken bool `says:"a dead share token is 400, not 404"`
	// RefuseJoinTwice refuses to join an album that the user joined.
	RefuseJoinTwice bool `says:"a joined album can't be joined again"`
	// OwnerJoins lets owners join their own album, which changes nothing.
	OwnerJoins bool `says:"owners can join their own album"`
	// LeaveTwice lets a user leave an album that the user did not join.
	LeaveTwice bool `says:"an album that was not joined can be left"`
	// LeaveTakesItems takes what a user added out of an album that the user leaves.
	LeaveTakesItems bool `says:"who leaves an album takes what they added"`
	// SharingText is the message of the 403 that the six sharing methods answer in
	// the current profile; "" is that of a token without the scope.
	SharingText string `says:"message of the 403 of the sharing methods (current)"`
	// TakeUntitled lets albums.create make an album without a title. An album
	// without fields is the same on the wire, which is why one choice is for both.
	TakeUntitled bool `says:"albums.create takes an album without a title"`
	// EditReads lets a token that has only the scope to edit read what it may edit.
	EditReads bool `says:"the scope to edit reads too"`
	// SharingReads lets a token that has only the scope to share read, in the
	// legacy profile, the albums that it shared.
	SharingReads bool `says:"the scope to share reads what it shared (legacy)"`
	// TellRefreshExpiry puts refresh_token_expires_in into the answer for a client
	// in testing, as Google documents it for access of limited time.
	TellRefreshExpiry bool `says:"a client in testing is told when its refresh token dies"`
}

// checkLimits refuses limits below nothing, where that does not mean no limit.
func (o Options) checkLimits() error {
	for name, n := range map[string]int64{
		"albumItems": int64(o.AlbumItems), "photoBytes": o.PhotoBytes, "videoBytes": o.VideoBytes, "storageBytes": o.StorageBytes,
		"textLength": int64(o.TextLength), "placeNameLength": int64(o.PlaceNameLength), "chunkGranularity": int64(o.ChunkGranularity),
	} {
		if n < 0 {
			return fmt.Errorf("%s is %d; expected no less than 0, which is the default", name, n)
		}
	}
	return nil
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
	o.DailyMedia = orDefault(o.DailyMedia, 75_000)
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
