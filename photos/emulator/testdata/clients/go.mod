module clients

go 1.26.0

require (
	albumen v0.0.0
	github.com/google/go-cmp v0.7.0
	github.com/gphotosuploader/google-photos-api-client-go/v3 v3.0.9
	github.com/gphotosuploader/googlemirror v0.5.0
	google.golang.org/api v0.248.0
)

require (
	github.com/bep/imagemeta v1.0.1 // indirect
	github.com/gofrs/flock v0.13.2 // indirect
	github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
	github.com/hashicorp/go-retryablehttp v0.7.8 // indirect
	golang.org/x/image v0.47.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace albumen => ../../../..
