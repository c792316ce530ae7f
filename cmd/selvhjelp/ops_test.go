package main

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

// printed is an example without its comments.
func printed(t *testing.T, name string) string {
	t.Helper()
	var out, diag bytes.Buffer
	if status := run(t.Context(), []string{"ops", name}, &out, &diag); status != 0 {
		t.Fatalf("ops %s: exit status %d", name, status)
	}
	return regexp.MustCompile(`(?m)^\s*#.*$`).ReplaceAllString(out.String(), "")
}

// forwards are the headers that could carry an address to the server.
var forwards = regexp.MustCompile(`(?i)(X-Forwarded-[A-Za-z]+|X-Real-IP|X-Client-IP|Forwarded\b)`)

func TestProxyExamplesWriteNoAddressAndPassItOnOnce(t *testing.T) {
	for name, sets := range map[string]string{
		"nginx": "proxy_set_header X-Forwarded-For $remote_addr;",
		"caddy": "header_up X-Forwarded-For {remote_host}",
	} {
		text := printed(t, name)
		if strings.Count(text, sets) != 1 {
			t.Errorf("%s does not pass on the address, or not in place of what the client claims", name)
		}
		rest := strings.ReplaceAll(text, sets, "")
		for _, claim := range []string{"X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded"} {
			taken := map[string]string{"nginx": "proxy_set_header " + claim + ` "";`, "caddy": "header_up -" + claim + "\n"}[name]
			if strings.Count(text, taken) != 1 {
				t.Errorf("%s lets through what a client claims in %s", name, claim)
			}
			rest = strings.ReplaceAll(rest, taken, "")
		}
		if found := forwards.FindString(rest); found != "" {
			t.Errorf("%s passes on %s too", name, found)
		}
	}
}

// logs finds a line that would have nginx or Caddy write about requests.
var logs = regexp.MustCompile(`(?m)^\s*(access_log\s+[^o].*|error_log\s+[^/].*|error_log\s+/(?:[^d]|d[^e]).*|log\s*(\{.*)?|log_append.*|output\s.*)$`)

func TestProxyExamplesHaveNoAccessLog(t *testing.T) {
	for _, planted := range []string{"\taccess_log /var/log/nginx/access.log;", "\terror_log /var/log/nginx/error.log;", "\tlog {", "\tlog", "\t\toutput file x"} {
		if !logs.MatchString(planted) {
			t.Errorf("a planted %q is not found", planted)
		}
	}
	for _, name := range []string{"nginx", "caddy"} {
		if found := logs.FindString(printed(t, name)); found != "" {
			t.Errorf("%s writes: %q", name, found)
		}
	}
	nginx := printed(t, "nginx")
	servers := strings.Count(nginx, "server {")
	if strings.Count(nginx, "access_log off;") != servers || strings.Count(nginx, "error_log /dev/null emerg;") != servers {
		t.Error("a server of nginx has its logs by default")
	}
	if caddy := printed(t, "caddy"); !regexp.MustCompile(`log default \{[^}]*exclude http\n`).MatchString(caddy) {
		t.Error("Caddy writes about requests that fail")
	}
}

// TestWhatAProxySaysOfItselfIsProtectedAsTheRest: the page while the server
// restarts has the headers that the server sends.
func TestWhatAProxySaysOfItselfIsProtectedAsTheRest(t *testing.T) {
	for name, sets := range map[string]string{"nginx": "add_header", "caddy": "header"} {
		text := printed(t, name)
		for _, header := range []string{"Cache-Control no-store", "Strict-Transport-Security ", "X-Content-Type-Options nosniff", "Referrer-Policy same-origin",
			"Permissions-Policy \"camera=(), geolocation=(), microphone=(), interest-cohort=()\"", "Cross-Origin-Opener-Policy same-origin", "Cross-Origin-Resource-Policy same-origin", "Content-Security-Policy \"default-src 'none'"} {
			if strings.Count(text, "\t"+sets+" "+header) != 1 {
				t.Errorf("%s does not send %s", name, header)
			}
		}
		if !strings.Contains(text, "frame-ancestors 'none'") {
			t.Errorf("the page of %s can be framed", name)
		}
	}
}

func TestTheUnitKeepsMemoryAndFilesToItself(t *testing.T) {
	unit := printed(t, "systemd")
	for _, want := range []string{"LimitCORE=0", "MemorySwapMax=0", "NoNewPrivileges=yes", "ProtectSystem=strict", "RuntimeDirectory=selvhjelp",
		"RuntimeDirectoryPreserve=yes", "UMask=0077", "Restart=always", "CapabilityBoundingSet=\n"} {
		if !strings.Contains(unit, want) {
			t.Errorf("the unit lacks %s", want)
		}
	}
	if strings.Contains(unit, "LoadCredential") {
		t.Error("the unit hands over a key in a mode that the server refuses")
	}
}

// TestTheExampleForNginxIsUnderstoodByOldOnes: the directive http2 came with 1.25.1.
func TestTheExampleForNginxIsUnderstoodByOldOnes(t *testing.T) {
	nginx := printed(t, "nginx")
	if strings.Contains(nginx, "http2 on") || strings.Count(nginx, " ssl http2;") != 2 {
		t.Error("HTTP/2 is not offered in the way that every nginx understands")
	}
}
