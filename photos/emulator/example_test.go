package emulator_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"albumen/photos/emulator"
)

// createAlbum stands for the client that is tested: it creates an album, and
// gives the status of the answer.
func createAlbum(endpoint, title string) (int, error) {
	body := fmt.Sprintf(`{"album":{"title":%q}}`, title)
	req, err := http.NewRequest("POST", endpoint+"/v1/albums", strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer any-token")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, resp.Body.Close()
}

// A test gives its client the address of a new account, makes things go wrong,
// and then looks at what became of the account.
func Example() {
	account, err := emulator.Open(emulator.Options{
		Choices: emulator.Choices{ListLag: time.Minute}, // as the real service: a new album is listed late
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer account.Close()
	server := httptest.NewServer(account)
	defer server.Close()

	// The second albums.create is carried out, and the client never hears of it.
	err = account.SetFaults([]emulator.Fault{{Method: "albums.create", Nth: 2, Kind: emulator.LoseAnswer}})
	if err != nil {
		fmt.Println(err)
		return
	}
	status, err := createAlbum(server.URL, "Iceland")
	fmt.Println(status, err == nil)
	_, err = createAlbum(server.URL, "Norway")
	fmt.Println("lost:", err != nil)

	for _, album := range account.World().Albums {
		fmt.Println("there is", album.Title)
	}
	fmt.Println(account.Stats()["albums.create"], "calls")
	// Output:
	// 200 true
	// lost: true
	// there is Iceland
	// there is Norway
	// 2 calls
}

// A person renames an album in the app, and half a day goes by.
func ExampleEmulator_Act() {
	account, err := emulator.Open(emulator.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer account.Close()
	for _, action := range []emulator.Action{
		{Do: emulator.AddAlbum, Title: "Trip"},
		{Do: emulator.RenameAlbum, Album: "Trip", Title: "Trip to Iceland"},
	} {
		if _, err := account.Act(action); err != nil {
			fmt.Println(err)
			return
		}
	}
	if err := account.Advance(12 * time.Hour); err != nil {
		fmt.Println(err)
		return
	}
	album, err := account.World().Album("Trip to Iceland")
	fmt.Println(album.Title, err)
	// Output: Trip to Iceland <nil>
}

// Programs in other languages do the same with the control API of
// "albumen emulator".
func Example_controlAPI() {
	account, err := emulator.Open(emulator.Options{Now: func() time.Time { return time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC) }})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer account.Close()
	server := httptest.NewServer(account)
	defer server.Close()
	post := func(what, body string) {
		resp, err := http.Post(server.URL+"/_emulator/"+what, "application/json", strings.NewReader(body))
		if err != nil {
			fmt.Println(err)
			return
		}
		defer resp.Body.Close()
		var answer map[string]any
		if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil && err != io.EOF {
			fmt.Println(err)
		}
		fmt.Println(resp.StatusCode, answer["now"], answer["error"])
	}
	post("clock", `{"advance":"36h"}`)
	post("faults", `[{"method":"*","kind":"error","status":503,"probability":0.1,"times":-1}]`)
	post("user", `{"do":"rename_albun"}`)
	// Output:
	// 200 2026-06-02T12:00:00Z <nil>
	// 200 <nil> <nil>
	// 400 <nil> unknown action "rename_albun"; the nearest is "rename_album"
}
