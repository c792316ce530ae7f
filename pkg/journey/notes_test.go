package journey

import (
	"fmt"
	"strings"
	"testing"

	"selvhjelp/pkg/webtest"
)

const (
	secretNote = "jeg våknet klokken fire igjen"
	noteArea   = `#note-`
	opened     = `document.querySelector("[data-notes=field]").checkVisibility({ visibilityProperty: true })`
)

// logInHere logs a demo's user in, on a device of one's own.
func (d *demo) logInHere(t *testing.T, p *webtest.Page, state string) {
	t.Helper()
	p.Open(d.URL + "/")
	p.Fill("#code", d.code(t, state).Code)
	p.Eval(`document.querySelector("[name=device][value=own]").checked = true`, nil)
	p.Click("#login .actions button")
}

// A user writes a note, leaves, and finds it again; nobody else does: not who
// logs in with another code in the same browser, nor who reads the browser's
// files. No request brings the note along.
func TestANoteStaysInTheBrowserAndOpensForItsCodeAlone(t *testing.T) {
	t.Parallel()
	d := start(t)
	p := d.visitor(t, 375, true)
	d.logInHere(t, p, "private")
	write(t, p, secretNote)
	is(t, p, "the list has it", fmt.Sprintf(`document.querySelector("[data-list]").textContent.includes(%q)`, secretNote))
	if found := p.Axe(t); len(found) > 0 {
		t.Errorf("axe: %v", found)
	}
	var kept string
	p.Eval(readStore, &kept)
	if strings.Contains(kept, "våknet") || !strings.Contains(kept, "AES-GCM record") {
		t.Errorf("what the browser keeps is %q", kept)
	}

	p.Open("/me")
	p.Click(".menu button.link")
	d.logInHere(t, p, "asked")
	p.Open("/me/notes")
	until(t, p, "the other's page is open", opened)
	is(t, p, "and empty", `document.querySelector("[data-list]").children.length === 0 && document.querySelector("#note-").value === ""`)
	p.Open("/me")
	p.Click(".menu button.link")

	d.logInHere(t, p, "private")
	p.Open("/me/notes")
	until(t, p, "it is there for its own code", fmt.Sprintf(`document.querySelector("[data-list]").textContent.includes(%q)`, secretNote))
	p.Tap("[data-open]")
	until(t, p, "it can be gone on with", fmt.Sprintf(`document.querySelector("#note-").value === %q`, secretNote))
	p.Tap("[data-delete]")
	until(t, p, "it is deleted", `document.querySelector("[data-list]").children.length === 0`)
	if carries(p, "våknet") {
		t.Error("a request carries the note")
	}
}

// readStore puts into words what the browser's store holds.
const readStore = `new Promise(resolve => {
	const request = indexedDB.open("notes", 1);
	request.onsuccess = () => {
		const db = request.result, all = db.transaction("notes").objectStore("notes").getAll();
		all.onsuccess = () => { db.close(); resolve(all.result.map(r => Object.keys(r).join() === "iv,data" && r.iv.length === 12
			? "AES-GCM record " + new TextDecoder("latin1").decode(r.data) : JSON.stringify(r)).join()); };
	};
})`

// write types a note and waits until it is saved.
func write(t *testing.T, p *webtest.Page, note string) {
	t.Helper()
	p.Open("/me/notes")
	until(t, p, "one can write", opened)
	p.Fill(noteArea, note)
	p.Tap("[data-save]")
	until(t, p, "it is saved", `document.querySelector("[data-note] [role=status]").textContent === document.querySelector("[data-note]").dataset.saved`)
}

// The half of the key that the browser holds cannot be taken out of it.
func TestTheBrowsersHalfOfTheKeyCannotBeShown(t *testing.T) {
	t.Parallel()
	d := start(t)
	p := d.visitor(t, 1280, true)
	d.logInHere(t, p, "private")
	write(t, p, secretNote)
	is(t, p, "it is not extractable", `new Promise(resolve => {
		const request = indexedDB.open("notes", 1);
		request.onsuccess = () => {
			const got = request.result.transaction("device").objectStore("device").get("key");
			got.onsuccess = () => { request.result.close(); crypto.subtle.exportKey("raw", got.result).then(() => resolve(false), () => resolve(got.result.extractable === false)); };
		};
	})`)
}

// Whoever said that others use the device too is asked first.
func TestOnASharedDeviceNothingIsKeptUnasked(t *testing.T) {
	t.Parallel()
	d := start(t)
	p := d.visitor(t, 375, true)
	d.login(t, p, "private")
	p.Open("/me/notes")
	until(t, p, "it asks", `document.querySelector("[data-notes=off]").checkVisibility({ visibilityProperty: true })`)
	is(t, p, "one cannot write", `!`+opened)
	p.Tap("[data-turn-on]")
	until(t, p, "one can write", opened)
	p.Fill(noteArea, secretNote)
	p.Tap("[data-save]")
	p.Open("/me/notes")
	until(t, p, "it is not asked again", opened)
}

// A file takes the notes to another browser, where the same code opens them and
// another does not.
func TestAFileOfNotesOpensWithTheSameCodeAlone(t *testing.T) {
	t.Parallel()
	d := start(t)
	p := d.visitor(t, 1280, true)
	d.logInHere(t, p, "private")
	write(t, p, secretNote)
	var file string
	p.Eval(`new Promise(resolve => {
		URL.createObjectURL = blob => { blob.text().then(resolve); return "#"; };
		document.querySelector("[data-save-file]").click();
	})`, &file)
	if strings.Contains(file, "våknet") || !strings.Contains(file, `"notes":1`) {
		t.Errorf("the file is %q", file)
	}
	bring := func(q *webtest.Page) {
		q.Open("/me/notes")
		until(t, q, "one can write", opened)
		q.Eval(fmt.Sprintf(`{
			const input = document.querySelector("[data-load-file]"), carried = new DataTransfer();
			carried.items.add(new File([%q], "notes.json"));
			input.files = carried.files;
			input.dispatchEvent(new Event("change"));
		}`, file), nil)
	}
	said := func(what string) string {
		return fmt.Sprintf(`document.querySelector("[data-file] [role=status]").textContent === document.querySelector("[data-file]").dataset.%s`, what)
	}
	other := d.visitor(t, 1280, true)
	d.logInHere(t, other, "asked")
	bring(other)
	until(t, other, "it is refused to another code", said("refused"))
	q := d.visitor(t, 1280, true)
	d.logInHere(t, q, "private")
	bring(q)
	until(t, q, "it is brought in", said("loaded"))
	is(t, q, "the note is there", fmt.Sprintf(`document.querySelector("[data-list]").textContent.includes(%q)`, secretNote))
}

func TestWithoutAScriptTheNoteSaysWhatItNeeds(t *testing.T) {
	t.Parallel()
	d := start(t)
	p := d.visitor(t, 375, false)
	d.login(t, p, "private")
	p.Open("/me/notes")
	is(t, p, "what it needs", `document.querySelector("noscript").textContent.includes("JavaScript") && !`+opened)
}
