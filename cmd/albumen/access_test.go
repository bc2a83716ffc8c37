package main

import "testing"

func TestARemedyCanBePastedIntoAShell(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"/srv/albumen-1/c.json": "/srv/albumen-1/c.json", "my state": "'my state'", "ada's": `'ada'\''s'`, "$(x)": "'$(x)'", "~/x": "'~/x'", "": "''",
	} {
		if got := shellWord(text); got != want {
			t.Errorf("%s becomes %s, not %s", text, got, want)
		}
	}
	o := loginOptions{noBrowser: true, legacy: true, port: 8000}
	a := &app{client: "my client.json", stateDir: "/srv/state", loginFlags: o.again()}
	const want = "albumen auth login --account ada --state-dir /srv/state --credentials 'my client.json' --no-browser --legacy-scopes --port 8000"
	if got := a.loginCommand("ada"); got != want {
		t.Errorf("the command is %s", got)
	}
}
