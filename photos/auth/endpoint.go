package auth

import (
	"net/url"
	"path"

	"albumen/photos"
)

// endpointProblem says why secrets are not sent to an address, "" if they are.
func endpointProblem(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil, u.Host == "", u.Scheme != "https" && u.Scheme != "http":
		return "is no address"
	case u.User != nil, u.RawQuery != "", u.Fragment != "":
		return "has more than a host and a path"
	case u.Scheme == "http" && !photos.Loopback(u.Hostname()):
		return "would send secrets in the open: expected https"
	}
	return ""
}

// isGoogles reports whether an address is a token endpoint of Google's: the one
// of today, or one that its console wrote into files of earlier years. They are
// doors to one house, so that what one issued the others take.
func isGoogles(tokenURL string) bool {
	switch tokenURL {
	case "https://oauth2.googleapis.com/token",
		"https://www.googleapis.com/oauth2/v4/token",
		"https://www.googleapis.com/oauth2/v3/token",
		"https://accounts.google.com/o/oauth2/token":
		return true
	}
	return false
}

// sameIssuer reports whether two token endpoints are one issuer's: the same, both
// Google's, or both on this machine, where a port and a name mean little.
func sameIssuer(one, other string) bool {
	local := func(address string) bool {
		u, err := url.Parse(address)
		return err == nil && photos.Loopback(u.Hostname())
	}
	return one == other || isGoogles(one) && isGoogles(other) || local(one) && local(other)
}

// revokeURL is where tokens of a token endpoint are revoked: Google's where its
// guide to OAuth says, all others at the endpoint's neighbour.
func revokeURL(tokenURL string) string {
	if isGoogles(tokenURL) {
		return "https://oauth2.googleapis.com/revoke"
	}
	u, err := url.Parse(tokenURL)
	if err != nil {
		return ""
	}
	u.Path = path.Join("/", path.Dir(u.Path), "revoke")
	return u.String()
}
