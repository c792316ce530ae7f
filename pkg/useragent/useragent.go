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

// systemMarks stand in the first brackets. The first that is found decides, so
// those who pretend to be others come before the others.
var systemMarks = []mark[System]{
	{"Windows Phone", OtherSystem}, {"Windows", Windows}, {"Macintosh", MacOS}, {"iPhone", IOS}, {"iPad", IOS}, {"iPod", IOS},
	{"Tizen", OtherSystem}, {"KAIOS", OtherSystem}, {"Android", Android}, {"Linux", Linux},
}

// products are the names before a slash. Nearly all browsers name others beside
// themselves: the highest rank decides.
var products = map[string]struct {
	family Browser
	rank   int
}{
	"Safari": {Safari, 1}, "Chrome": {Chrome, 2}, "CriOS": {Chrome, 2}, "Firefox": {Firefox, 2}, "FxiOS": {Firefox, 2},
	"Edg": {Edge, 3}, "EdgA": {Edge, 3}, "EdgiOS": {Edge, 3}, "Edge": {Edge, 3}, "SamsungBrowser": {Samsung, 3},
	"OPR": {OtherBrowser, 3}, "OPT": {OtherBrowser, 3}, "Vivaldi": {OtherBrowser, 3}, "YaBrowser": {OtherBrowser, 3},
	"DuckDuckGo": {OtherBrowser, 3}, "Ddg": {OtherBrowser, 3}, "UCBrowser": {OtherBrowser, 3}, "GSA": {OtherBrowser, 3},
	"SeaMonkey": {OtherBrowser, 3}, "HeadlessChrome": {OtherBrowser, 3},
}

var (
	// platforms are the values of Sec-CH-UA-Platform, quotes included
	// (https://wicg.github.io/ua-client-hints/).
	platforms = map[string]System{`"Windows"`: Windows, `"macOS"`: MacOS, `"Linux"`: Linux, `"Android"`: Android, `"iOS"`: IOS}
	// brands stand in Sec-CH-UA. Who names none of them is some other browser.
	brands = []mark[Browser]{{`"Microsoft Edge"`, Edge}, {`"Samsung Internet"`, Samsung}, {`"Google Chrome"`, Chrome}}
)

// Of judges by the three headers User-Agent, Sec-CH-UA and Sec-CH-UA-Platform,
// of which the last two may be empty: browsers send them over https alone, and
// some never do.
func Of(userAgent, brand, platform string) Device {
	_, rest, _ := strings.Cut(userAgent, "(")
	machine, _, _ := strings.Cut(rest, ")")
	d := Device{first(systemMarks, machine), browser(userAgent, machine)}
	if platform != "" {
		d.System = platforms[platform]
	}
	if brand != "" {
		d.Browser = first(brands, brand)
	}
	return d
}

// browser judges by the products that a User-Agent names. Robots call themselves
// compatible, and a page inside another app ("wv") is shown by no browser.
func browser(userAgent, machine string) Browser {
	if strings.HasPrefix(machine, "compatible;") || strings.HasSuffix(machine, "; wv") {
		return OtherBrowser
	}
	family, rank := OtherBrowser, 0
	for {
		name, rest, found := strings.Cut(userAgent, "/")
		if !found {
			return family
		}
		p := products[name[strings.LastIndexByte(name, ' ')+1:]]
		if p.rank > rank {
			family, rank = p.family, p.rank
		}
		userAgent = rest
	}
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
