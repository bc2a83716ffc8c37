package emulator_test

import (
	"testing"

	"albumen/photos/emulator"
)

// questions is what no source answers about Google's behaviour, or what sources
// answer in two ways, with the choice or limit that turns the emulator's answer.
func questions() map[string]string {
	return map[string]string{
		"does the scope to edit read":                             "editReads",
		"does the scope to share read what it shared":             "sharingReads",
		"is an app a client or a project":                         "appIsProject",
		"is an item whose bytes come again the app's":             "adoptDuplicates",
		"does a foreign album answer as none":                     "hideForeignAlbums",
		"where is a trashed item still":                           "trashedStay",
		"do bytes of a trashed item bring it back":                "reviveTrashed",
		"are titles trimmed":                                      "trimTitles",
		"is an album without a title made":                        "takeUntitled",
		"when is an album full":                                   "albumItems",
		"how long is an enrichment's text":                        "textLength",
		"how long is the name of a place":                         "placeNameLength",
		"when is a new album listed":                              "listLag",
		"does get answer with an album before it is listed":       "lagHidesGet",
		"when does a filtered search find an item":                "searchLag",
		"which albums are listed first":                           "oldestAlbumsFirst",
		"is a page that is too large cut or refused":              "refuseLargePages",
		"how bad are pages":                                       "pages",
		"is a cover in its album":                                 "anyCover",
		"does mediaItemsCount count what is not seen":             "countUnseen",
		"what does adding a member do":                            "addExisting",
		"what does removing an absent item do":                    "removeAbsentOK",
		"does a position move a member":                           "placeExisting",
		"is partial success 200 or 207":                           "okOnPartialSuccess",
		"does a dead upload token fail its entry or the call":     "deadTokenPerEntry",
		"does an upload token make several items":                 "oneUseTokens",
		"is an empty upload refused":                              "takeEmptyUploads",
		"how long does an upload session live":                    "sessionLife",
		"does the URL of an upload session need a token":          "openSessions",
		"of what is a chunk a multiple":                           "chunkGranularity",
		"how large is a photograph":                               "photoBytes",
		"how large is a video":                                    "videoBytes",
		"how long is a video processed":                           "videoProcessing",
		"do videos fail":                                          "videosFail",
		"which errors have the older list":                        "errors",
		"does a 429 say when to retry":                            "retryAfter",
		"how many writes are too many at one time":                "concurrentWrites",
		"how many requests of media does a day have":              "dailyMedia",
		"what do the sharing methods say since they are gone":     "sharingText",
		"can a shared album be shared":                            "refuseShareTwice",
		"can an album that is not shared be unshared":             "unshareTwice",
		"is sharing a foreign album 400 or 403":                   "forbidForeignShare",
		"has an album that is shared again a new token":           "keepShareTokens",
		"is a dead share token 400 or 404":                        "refuseDeadShareToken",
		"can a joined album be joined":                            "refuseJoinTwice",
		"can owners join":                                         "ownerJoins",
		"can an album be left that was not joined":                "leaveTwice",
		"do items stay of who leaves":                             "leaveTakesItems",
		"is a client in testing told when its refresh token dies": "tellRefreshExpiry",
	}
}

func TestEveryOpenQuestionHasItsChoice(t *testing.T) {
	t.Parallel()
	asked := map[string]bool{}
	for question, name := range questions() {
		if asked[name] {
			t.Errorf("%s answers two questions", name)
		}
		asked[name] = true
		if choiceNamed(name).Name == "" {
			t.Errorf("%s? There is no choice %s", question, name)
		}
	}
	for _, c := range append(emulator.ChoicesByName(), emulator.LimitsByName()...) {
		if !asked[c.Name] {
			t.Errorf("no question is answered by %s", c.Name)
		}
	}
}

func choiceNamed(name string) emulator.Choice {
	for _, c := range append(emulator.ChoicesByName(), emulator.LimitsByName()...) {
		if c.Name == name {
			return c
		}
	}
	return emulator.Choice{}
}

func TestSharingMethodsSayWhatIsChosen(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	calls := [][2]string{{"POST", "/v1/albums/x:share"}, {"POST", "/v1/albums/x:unshare"}, {"GET", "/v1/sharedAlbums"},
		{"GET", "/v1/sharedAlbums/x"}, {"POST", "/v1/sharedAlbums:join"}, {"POST", "/v1/sharedAlbums:leave"}}
	for _, text := range []string{"Request had insufficient authentication scopes.", "The caller does not have permission"} {
		for _, call := range calls {
			a.refused(403, text, call[0], call[1], nil)
		}
		if err := a.e.SetChoices(emulator.Choices{SharingText: "The caller does not have permission"}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAlbumWithoutTitleIsMadeByChoice(t *testing.T) {
	t.Parallel()
	a := open(t, emulator.Options{})
	empty := []object{{"album": object{}}, {"album": object{"title": ""}}}
	for _, body := range empty {
		a.refused(400, "Request must contain an album title.", "POST", "/v1/albums", body)
	}
	a.refused(400, "Request must contain an album.", "POST", "/v1/albums", object{})
	a.call(200, "PATCH", "/v1/albums/"+a.album("Trip")+"?updateMask=title", object{"title": ""})
	if err := a.e.SetChoices(emulator.Choices{TakeUntitled: true}); err != nil {
		t.Fatal(err)
	}
	for _, body := range empty {
		a.call(200, "POST", "/v1/albums", body)
	}
}
