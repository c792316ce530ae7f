package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"selvhjelp/pkg/control"
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

// keysList lists the seal epochs, never their keys.
func keysList(ctx context.Context, args []string, out, diag io.Writer) error {
	c, values, err := eitherFlags("keys list", args, diag, nil, "json")
	if err != nil {
		return err
	}
	return ask(ctx, c, "keys list", values, out)
}

func (in *installation) listKeys(ctx context.Context, r control.Request) (string, error) {
	epochs, err := in.night.Epochs(ctx)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	t := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "EPOCH\tMADE\tRECORDS\tDESTROYED")
	for _, e := range epochs {
		current := map[bool]string{true: " (current)"}[e.Current]
		fmt.Fprintf(t, "%d\t%s\t%d\t%s%s\n", e.Number, e.Made, e.Records, e.Destroyed, current)
	}
	err = t.Flush()
	return answer(r, epochs, out.String(), err)
}
