// Package assets holds what the service shows: templates, texts in three
// languages, styles and scripts, instruments. All of it is in the binary.
package assets

import "embed"

// FS has the folders templates, static, text, instruments, programs, help, policy (what
// changed in the privacy statement), schema (of what users download) and ops,
// which has examples for the machine around the server.
//
//go:embed templates static text instruments programs help ops policy schema
var FS embed.FS

// Languages are the languages that every text is in.
var Languages = []string{"nb", "nn", "en"}
