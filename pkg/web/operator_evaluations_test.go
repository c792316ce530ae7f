package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/request"
	"selvhjelp/store"
)

// TestStaffSeeEvaluationsAddedUp, and that they did stands in their log first.
func TestStaffSeeEvaluationsAddedUp(t *testing.T) {
	s := newSite(t, nil)
	s.service(t)
	s.operator(t)
	s.Update(t, func(tx store.Tx) error {
		b, err := organization.Operator(tx)
		if err != nil {
			return err
		}
		for n := range 21 {
			c := request.Content{Kind: request.Evaluation, Answers: map[string]int{"find": 5 - n/12, "safe": n % 6}}
			if err := request.Send(tx, b, request.NewTicket(nil, ""), c, s.Now().AddDate(0, 0, -1)); err != nil {
				return err
			}
		}
		return nil
	})
	staff := s.operatorIn(t)
	staff.get(t, "/staff")
	if !slices.Contains(attributes(staff.body, "href"), "/staff/evaluations") {
		t.Error("the list does not lead there")
	}
	staff.get(t, "/staff/evaluations")
	if got := attributes(staff.body, "data-question"); !slices.Equal(got, []string{"find", "safe"}) || !slices.Equal(attributes(staff.body, "data-count"), []string{"12", "21"}) {
		t.Errorf("shown: %v, %v", got, attributes(staff.body, "data-count"))
	}
	if got := s.operatorLog(t); !slices.Equal(got, []string{audit.Sums}) {
		t.Errorf("the log holds %v", got)
	}
	s.Update(t, func(tx store.Tx) error {
		b, err := organization.Operator(tx)
		if err != nil {
			return err
		}
		return tx.Put("chain", s.Ring.Index("chain", b.ID[:]), []byte("spoilt"))
	})
	staff.get(t, "/staff/evaluations")
	if staff.status != http.StatusInternalServerError || strings.Contains(staff.body, "data-count") {
		t.Errorf("without an entry in the log the sums answered %d", staff.status)
	}
	s.wait(time.Hour)
	pro := s.browser(t)
	pro.post(t, "/pro/login", "email="+s.staff["pro"].email, "password="+s.staff["pro"].password, "totp="+s.code(t, "pro"))
	if pro.get(t, "/staff/evaluations"); pro.status != http.StatusNotFound {
		t.Errorf("a professional of a business gets %d", pro.status)
	}
}
