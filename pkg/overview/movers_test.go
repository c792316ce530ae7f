package overview_test

import (
	"fmt"
	"testing"

	"selvhjelp/pkg/vault"
)

// TestManyWhoMoveTogetherKeepTheirOwnRows: they are moved in one transaction,
// and of two who drew the same reference one gets it.
func TestManyWhoMoveTogetherKeepTheirOwnRows(t *testing.T) {
	c := build(t)
	var users []user
	for i := range 9 {
		u := c.sharer(fmt.Sprintf("AAAAA%d", i), vault.Mapping)
		c.save(u, now, i)
		users = append(users, u)
	}
	c.look(now)
	for i, u := range users[:7] {
		c.refer(u, fmt.Sprintf("BBBBB%d", i), now)
	}
	c.refer(users[7], "SAME00", now)
	c.refer(users[8], "SAME00", now)
	rows := c.look(now)
	for i := range 7 {
		if r := rows[fmt.Sprintf("BBBBB%d", i)]; !r.Shared || r.Summary.Courses["phq9"].Last.Score != i {
			t.Errorf("the row of user %d is another's, or not shared", i)
		}
	}
	_, seven := c.service(users[7])
	_, eight := c.service(users[8])
	if got := rows["SAME00"]; !got.Shared || seven.Taken == eight.Taken || (got.Summary.Courses["phq9"].Last.Score == 8) != seven.Taken {
		t.Errorf("taken: %t and %t", seven.Taken, eight.Taken)
	}
	if len(rows) != 9 {
		t.Errorf("%d rows", len(rows))
	}
}
