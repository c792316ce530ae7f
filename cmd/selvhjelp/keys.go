package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"selvhjelp/pkg/keyring"
)

// keysCreate makes both key files of a new installation. Where a database
// exists it refuses: new keys would lock everybody out for ever.
func keysCreate(_ context.Context, args []string, out, diag io.Writer) error {
	c, err := configured("keys create", args, diag)
	if err != nil {
		return err
	}
	if _, err := os.Stat(databasePath(c)); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s exists; a database keeps the keys it was made with: restore them from your key escrow", databasePath(c))
	}
	if err := keyring.Create(c.Keys.RootKeyFile, c.Keys.SealKeysFile, time.Now()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "made %s and %s\nKeep a copy of root.key where only you can get at it. Without it nobody can log in any more.\n",
		c.Keys.RootKeyFile, c.Keys.SealKeysFile)
	return err
}
