// Package useragent tells families of operating systems and browsers apart, by
// what a browser says about itself.
//
//   - Only coarse families come out: six of each, no versions and no models.
//   - Nothing of what the browser said is kept: a Device holds two small numbers.
//   - It decides nothing. What cannot be told is "other".
//
// A tablet that asks for pages as a desktop says that it is one, and is counted
// as one.
package useragent

import "strings"

// System is a family of operating systems.
type System uint8

// Browser is a family of browsers.
type Browser uint8

// The families of systems; Systems is how many there are.
const (
	OtherSystem System = iota
	Windows
	MacOS
	Linux
	Android
	IOS
	Systems
)

// The families of browsers; Browsers is how many there are.
const (
	OtherBrowser Browser = iota
	Chrome
	Edge
	Firefox
	Safari
	Samsung
	Browsers
)

var (
	systemNames  = [Systems]string{"other", "windows", "macos", "linux", "android", "ios"}
	browserNames = [Browsers]string{"other", "chrome", "edge", "firefox", "safari", "samsung"}
)

// String is the family's id, as it is stored: "windows".
func (s System) String() string { return systemNames[s] }

// String is the family's id, as it is stored: "firefox".
func (b Browser) String() string { return browserNames[b] }

// Device is what a browser runs on and what it is.
type Device struct {
	System  System
	Browser Browser
}

// mark is a word that gives a family away.
type mark[F any] struct {
	word   string
	family F
}

// The first mark that is found decides, so that those who pretend to be others
// come before the others.
var (
	systemMarks = []mark[System]{
		{"Windows Phone", OtherSystem}, {"Tizen", OtherSystem}, {"KAIOS", OtherSystem}, {"CrOS", OtherSystem},
		{"Android", Android}, {"iPhone", IOS}, {"iPad", IOS}, {"iPod", IOS},
		{"Windows", Windows}, {"Macintosh", MacOS}, {"Linux", Linux},
	}
	browserMarks = []mark[Browser]{
		{"compatible;", OtherBrowser}, {"Headless", OtherBrowser}, {"; wv)", OtherBrowser}, {"OPR/", OtherBrowser},
		{"OPT/", OtherBrowser}, {"Vivaldi/", OtherBrowser}, {"YaBrowser/", OtherBrowser}, {"DuckDuckGo/", OtherBrowser},
		{"Ddg/", OtherBrowser}, {"UCBrowser/", OtherBrowser}, {"Seamonkey/", OtherBrowser}, {"SeaMonkey/", OtherBrowser},
		{"FBAV/", OtherBrowser}, {"Instagram", OtherBrowser}, {"GSA/", OtherBrowser},
		{"SamsungBrowser/", Samsung}, {"Edg/", Edge}, {"EdgA/", Edge}, {"EdgiOS/", Edge}, {"Edge/", Edge},
		{"FxiOS/", Firefox}, {"Firefox/", Firefox}, {"CriOS/", Chrome}, {"Chrome/", Chrome}, {"Safari/", Safari},
	}
	// platforms are the values of Sec-CH-UA-Platform, quotes included
	// (https://wicg.github.io/ua-client-hints/).
	platforms = map[string]System{`"Windows"`: Windows, `"macOS"`: MacOS, `"Linux"`: Linux, `"Android"`: Android, `"iOS"`: IOS}
	// brands stand in Sec-CH-UA. Who names none of them but is made from
	// Chromium is some other browser.
	brands = []mark[Browser]{
		{`"Microsoft Edge"`, Edge}, {`"Samsung Internet"`, Samsung}, {`"Google Chrome"`, Chrome}, {`"Chromium"`, OtherBrowser},
	}
)

// Of judges by the three headers User-Agent, Sec-CH-UA and Sec-CH-UA-Platform,
// of which the last two may be empty: browsers send them over https alone, and
// some never do.
func Of(userAgent, brand, platform string) Device {
	d := Device{first(systemMarks, userAgent), first(browserMarks, userAgent)}
	if platform != "" {
		d.System = platforms[platform]
	}
	if brand != "" {
		d.Browser = first(brands, brand)
	}
	return d
}

// first is the family of the first mark that text holds; the zero one when it
// holds none.
func first[F any](marks []mark[F], text string) (family F) {
	for _, m := range marks {
		if strings.Contains(text, m.word) {
			return m.family
		}
	}
	return family
}
