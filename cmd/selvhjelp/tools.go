package main

import (
	"fmt"
	"os"

	"selvhjelp/assets"
	"selvhjelp/pkg/config"
	"selvhjelp/pkg/instrument"
)

// loadTools loads the mapping tools: those of the product, those whose licence
// the operator accepts, and the operator's own. Nothing outside the operator's
// folder is read.
func loadTools(c config.Content) (*instrument.Catalogue, error) {
	content := instrument.Content{Assets: assets.FS, Accepted: c.AcceptLicences, Name: c.Dir}
	if c.Dir == "" {
		return content.Load()
	}
	root, err := os.OpenRoot(c.Dir)
	if err != nil {
		return nil, fmt.Errorf("content.dir: %w; make the folder, and let the service read it", err)
	}
	defer root.Close()
	content.Pack = root.FS()
	return content.Load()
}
