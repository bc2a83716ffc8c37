package emulator

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// keptGrants is what outlives the process: every live token by its hash, so that
// the file lets nobody in. All times are Unix seconds.
type keptGrants struct {
	Refresh []refreshToken `json:"refresh"` // the oldest first
	Access  []accessToken  `json:"access"`

	file  string         // "" keeps it in memory
	index map[digest]int // of Access
}

// tokenGrant is what a token stands for.
type tokenGrant struct {
	Digest digest   `json:"sha256"`
	User   string   `json:"user"`
	Client string   `json:"client"`
	Scopes []string `json:"scopes"`
}

type accessToken struct {
	tokenGrant
	Until int64 `json:"until"`
}

type refreshToken struct {
	tokenGrant
	Used  int64 `json:"used"`
	Until int64 `json:"until,omitempty"` // 0 lives as long as it is used
}

// dead reports whether a refresh token can no longer be used.
func (t refreshToken) dead(now time.Time) bool {
	return t.Until != 0 && now.Unix() >= t.Until || !now.Before(time.Unix(t.Used, 0).Add(idleLife))
}

// open reads what a process before has kept.
func (k *keptGrants) open(dir string) error {
	k.index = map[digest]int{}
	if dir == "" {
		return nil
	}
	k.file = filepath.Join(dir, "grants.json")
	text, err := os.ReadFile(k.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(text, k)
	}
	if err != nil {
		return fmt.Errorf("read what was granted to clients from %s: %w; without this file they have to ask again", k.file, err)
	}
	k.tidy(time.Time{})
	return nil
}

// tidy forgets what is dead by now, and finds the rest again.
func (k *keptGrants) tidy(now time.Time) {
	k.Access = slices.DeleteFunc(k.Access, func(t accessToken) bool { return now.Unix() >= t.Until })
	k.Refresh = slices.DeleteFunc(k.Refresh, func(t refreshToken) bool { return t.dead(now) })
	clear(k.index)
	for i, t := range k.Access {
		k.index[t.Digest] = i
	}
}

// save makes durable what has changed.
func (k *keptGrants) save(now time.Time) error {
	k.tidy(now)
	if k.file == "" {
		return nil
	}
	text, err := json.MarshalIndent(k, "", " ")
	if err == nil {
		err = replaceFile(k.file, append(text, '\n'))
	}
	if err != nil {
		return fmt.Errorf("keep what was granted: %w", err)
	}
	return nil
}

// access issues an access token.
func (k *keptGrants) access(g tokenGrant, now time.Time) string {
	token := newToken(accessPrefix)
	g.Digest = sha256.Sum256([]byte(token))
	k.index[g.Digest] = len(k.Access)
	k.Access = append(k.Access, accessToken{g, now.Add(accessLife).Unix()})
	return token
}

// refresh issues a refresh token. Beyond a hundred of one user and client the
// oldest dies without a word (Google's page on expiration).
func (k *keptGrants) refresh(g tokenGrant, testing bool, now time.Time) string {
	token := newToken(refreshPrefix)
	g.Digest = sha256.Sum256([]byte(token))
	t := refreshToken{tokenGrant: g, Used: now.Unix()}
	if testing {
		t.Until = now.Add(testingLife).Unix()
	}
	k.Refresh = append(k.Refresh, t)
	live := 0
	for _, other := range k.Refresh {
		if other.User == g.User && other.Client == g.Client {
			live++
		}
	}
	if live > refreshPerUser {
		oldest := slices.IndexFunc(k.Refresh, func(other refreshToken) bool { return other.User == g.User && other.Client == g.Client })
		k.Refresh = slices.Delete(k.Refresh, oldest, oldest+1)
	}
	return token
}

// revoke drops all that a user granted to the clients of a project: Google's page
// for people lists projects, and ends all access of one at once.
func (k *keptGrants) revoke(user, project string) {
	of := func(g tokenGrant) bool { return g.User == user && projectOf(g.Client) == project }
	k.Access = slices.DeleteFunc(k.Access, func(t accessToken) bool { return of(t.tokenGrant) })
	k.Refresh = slices.DeleteFunc(k.Refresh, func(t refreshToken) bool { return of(t.tokenGrant) })
}

// find is what a token of either kind stands for.
func (k *keptGrants) find(token string) (tokenGrant, bool) {
	sum := digest(sha256.Sum256([]byte(token)))
	if i, ok := k.index[sum]; ok {
		return k.Access[i].tokenGrant, true
	}
	for _, t := range k.Refresh {
		if t.Digest == sum {
			return t.tokenGrant, true
		}
	}
	return tokenGrant{}, false
}

// newToken draws a secret that can't be guessed.
func newToken(prefix string) string {
	var raw [48]byte
	rand.Read(raw[:])
	return prefix + base64.RawURLEncoding.EncodeToString(raw[:])
}
