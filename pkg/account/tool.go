package account

import (
	"errors"
	"slices"
	"time"

	"selvhjelp/pkg/consent"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/registration"
	"selvhjelp/pkg/vault"
	"selvhjelp/store"
)

// Split has mapping tools shared by themselves from now on. Of the businesses
// with which something is shared, those in keep may read them and no other. A
// tool that is apart already stays as it is. The caller saves the account and
// calls Reseal until done.
func Split(tx store.Tx, a *vault.Account, tools []string, keep []organization.ID, now time.Time) error {
	tools = slices.DeleteFunc(slices.Clone(tools), a.Apart)
	if err := consent.Settle(tx, a, now); err != nil || len(tools) == 0 {
		return err
	}
	tx.Essential() // it can be a withdrawal
	return errors.Join(registration.Split(tx, a, tools), consent.Separate(tx, a, tools, keep))
}

// Join shares tools together with the others again: who may read the others may
// read them, and nobody else. The caller saves the account and calls Reseal until
// done.
func Join(tx store.Tx, a *vault.Account, tools []string, now time.Time) error {
	tools = slices.DeleteFunc(slices.Clone(tools), func(tool string) bool { return !a.Apart(tool) })
	if err := consent.Settle(tx, a, now); err != nil || len(tools) == 0 {
		return err
	}
	tx.Essential()
	return errors.Join(consent.Unite(tx, a, tools, now), registration.Join(tx, a, tools))
}
