package useragent_test

import (
	"testing"

	"selvhjelp/pkg/useragent"
)

const (
	windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
	mac     = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
	linux   = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
	android = "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) "
	iphone  = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
	ipad    = "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
)

// said are what browsers say, and what they are.
var said = []struct {
	userAgent, brand, platform string
	want                       string
}{
	{windows + "Chrome/126.0.0.0 Safari/537.36", "", "", "windows chrome"},
	{windows + "Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0", "", "", "windows edge"},
	{windows + "Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763", "", "", "windows edge"},
	{windows + "Chrome/124.0.0.0 Safari/537.36 OPR/110.0.0.0", "", "", "windows other"},
	{windows + "Chrome/124.0.0.0 Safari/537.36 Vivaldi/6.7.3329.35", "", "", "windows other"},
	{"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0", "", "", "windows firefox"},
	{"Mozilla/5.0 (Windows NT 6.1; rv:52.0) Gecko/20100101 Firefox/52.0 SeaMonkey/2.49.4", "", "", "windows other"},
	{"Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko", "", "", "windows other"},
	{"Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.0; Trident/4.0)", "", "", "windows other"},
	{"Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/52.0.2743.116 Mobile Safari/537.36 Edge/15.15063", "", "", "other edge"},
	{mac + "Version/17.5 Safari/605.1.15", "", "", "macos safari"},
	{mac + "Chrome/126.0.0.0 Safari/537.36", "", "", "macos chrome"},
	{"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:127.0) Gecko/20100101 Firefox/127.0", "", "", "macos firefox"},
	{mac + "Version/17.4 Safari/605.1.15 Ddg/17.4", "", "", "macos other"},
	{linux + "Chrome/125.0.0.0 Safari/537.36", "", "", "linux chrome"},
	{linux + "HeadlessChrome/125.0.0.0 Safari/537.36", "", "", "linux other"},
	{"Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "", "", "linux firefox"},
	{"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36", "", "", "other chrome"},
	{android + "Chrome/126.0.0.0 Mobile Safari/537.36", "", "", "android chrome"},
	{android + "SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36", "", "", "android samsung"},
	{android + "Chrome/126.0.0.0 Mobile Safari/537.36 EdgA/126.0.0.0", "", "", "android edge"},
	{"Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0", "", "", "android firefox"},
	{"Mozilla/5.0 (Linux; Android 13; Pixel 7 Build/TQ3A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/126.0.0.0 Mobile Safari/537.36", "", "", "android other"},
	{iphone + "Version/17.5 Mobile/15E148 Safari/604.1", "", "", "ios safari"},
	{iphone + "CriOS/126.0.6478.54 Mobile/15E148 Safari/604.1", "", "", "ios chrome"},
	{iphone + "FxiOS/127.0 Mobile/15E148 Safari/605.1.15", "", "", "ios firefox"},
	{iphone + "Version/17.0 EdgiOS/125.0.2535.72 Mobile/15E148 Safari/604.1", "", "", "ios edge"},
	{iphone + "Mobile/15E148 Instagram 334.0.0.29.90", "", "", "ios other"},
	{ipad + "Version/16.6 Mobile/15E148 Safari/604.1", "", "", "ios safari"},
	{ipad + "GSA/319.0.639869129 Mobile/15E148 Safari/604.1", "", "", "ios other"},
	{"Mozilla/5.0 (Linux; Tizen 2.3; SmartTV) AppleWebKit/538.1 (KHTML, like Gecko) Version/2.3 TV Safari/538.1", "", "", "other safari"},
	{"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "", "", "other other"},
	{"curl/8.5.0", "", "", "other other"},
	{"", "", "", "other other"},
	// What is said in the newer headers goes before the older one.
	{linux + "Chrome/126.0.0.0 Safari/537.36", `"Not/A)Brand";v="8", "Chromium";v="126", "Google Chrome";v="126"`, `"Chrome OS"`, "other chrome"},
	{windows + "Chrome/126.0.0.0 Safari/537.36", `"Not/A)Brand";v="8", "Chromium";v="126", "Brave";v="126"`, `"Windows"`, "windows other"},
	{windows + "Chrome/126.0.0.0 Safari/537.36", `"Microsoft Edge";v="126", "Chromium";v="126"`, `"Windows"`, "windows edge"},
	{linux + "Chrome/121.0.0.0 Safari/537.36", `"Samsung Internet";v="25", "Chromium";v="121"`, `"Android"`, "android samsung"},
	{mac + "Chrome/126.0.0.0 Safari/537.36", `"Google Chrome";v="126", "Chromium";v="126"`, `"macOS"`, "macos chrome"},
}

func TestFamiliesAreToldApart(t *testing.T) {
	for _, s := range said {
		d := useragent.Of(s.userAgent, s.brand, s.platform)
		if got := d.System.String() + " " + d.Browser.String(); got != s.want {
			t.Errorf("%q %q %q: got %s, want %s", s.userAgent, s.brand, s.platform, got, s.want)
		}
	}
}

func TestNothingIsKeptOfWhatABrowserSays(t *testing.T) {
	for _, s := range said {
		if n := testing.AllocsPerRun(10, func() { useragent.Of(s.userAgent, s.brand, s.platform) }); n != 0 {
			t.Errorf("%q: %v allocations", s.userAgent, n)
		}
	}
}

func BenchmarkOf(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		useragent.Of(iphone+"Version/17.5 Mobile/15E148 Safari/604.1", "", "")
	}
}
