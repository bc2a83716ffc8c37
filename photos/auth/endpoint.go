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

// revokeURL is where tokens of a token endpoint are revoked: at its neighbour.
func revokeURL(tokenURL string) string {
	u, err := url.Parse(tokenURL)
	if err != nil {
		return ""
	}
	u.Path = path.Join("/", path.Dir(u.Path), "revoke")
	return u.String()
}
