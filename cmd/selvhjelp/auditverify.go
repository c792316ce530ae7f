package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"selvhjelp/pkg/audit"
	"selvhjelp/pkg/control"
	"selvhjelp/pkg/organization"
	"selvhjelp/pkg/orgnumber"
	"selvhjelp/store"
)

// auditVerify verifies the logs, against heads that were kept outside too.
func auditVerify(ctx context.Context, args []string, out, diag io.Writer) error {
	c, values, err := eitherFlags("audit verify", args, diag, []string{"business", "checkpoint"}, "json")
	if err != nil {
		return err
	}
	if path := values["checkpoint"]; path != "" {
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		heads, err := readCheckpoint(raw, values["business"])
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		text, err := json.Marshal(heads)
		if err != nil {
			return err
		}
		values["checkpoint"] = string(text)
	}
	return ask(ctx, c, "audit verify", values, out)
}

// logHead is the end of a business's log.
type logHead struct {
	Business string `json:"business"` // its organisation number
	Head     string `json:"head"`
	Fault    string `json:"fault,omitempty"` // why the log does not verify
}

// readCheckpoint reads heads that were kept: what "audit verify -json" has
// written, or lines that begin with an organisation number and end with a head,
// or, where business names one, lines with a head alone.
func readCheckpoint(raw []byte, business string) ([]logHead, error) {
	var heads []logHead
	if json.Unmarshal(raw, &heads) != nil {
		heads = nil
		for line := range strings.Lines(string(raw)) {
			switch fields := strings.Fields(line); len(fields) {
			case 0:
			case 1:
				heads = append(heads, logHead{Business: business, Head: fields[0]})
			default:
				heads = append(heads, logHead{Business: fields[0], Head: fields[len(fields)-1]})
			}
		}
	}
	for i, h := range heads {
		number, err := orgnumber.Check(h.Business)
		_, err2 := audit.ParseHead(h.Head)
		if errors.Join(err, err2) != nil {
			return nil, fmt.Errorf("entry %d is not an organisation number with the head of a log", i+1)
		}
		heads[i].Business = number
	}
	if len(heads) == 0 {
		return nil, errors.New("holds no head of a log")
	}
	return heads, nil
}

// verifyAudit verifies each log by itself and tells all that do not hold.
func (in *installation) verifyAudit(ctx context.Context, r control.Request) (string, error) {
	var kept []logHead
	if text := r.Args["checkpoint"]; text != "" {
		if err := json.Unmarshal([]byte(text), &kept); err != nil {
			return "", errors.New("-checkpoint: does not decode")
		}
	}
	var list []organization.Business
	err := in.usage.View(ctx, func(rd store.Reader) (err error) {
		list, err = businesses(rd, r.Args["business"])
		return err
	})
	if err != nil {
		return "", err
	}
	heads := []logHead{}
	for _, b := range list {
		head, err := in.verifyOne(ctx, b, kept)
		if err != nil {
			return "", err
		}
		heads = append(heads, head)
	}
	if r.Args["business"] == "" {
		heads = append(heads, missing(list, kept)...)
	}
	return answer(r, heads, headsText(heads), faults(heads))
}

func (in *installation) verifyOne(ctx context.Context, b organization.Business, kept []logHead) (logHead, error) {
	var checkpoints []audit.Head
	for _, k := range kept {
		if k.Business == b.Number {
			head, err := audit.ParseHead(k.Head)
			if err != nil {
				return logHead{}, err
			}
			checkpoints = append(checkpoints, head)
		}
	}
	out := logHead{Business: b.Number}
	err := in.usage.View(ctx, func(r store.Reader) error {
		log := audit.For(in.ring, b.ID[:])
		head, err := log.Head(r)
		if err == nil {
			out.Head = head.String()
			err = log.Verify(r, checkpoints...)
		}
		return err
	})
	if err != nil {
		if ctx.Err() != nil {
			return out, err
		}
		out.Fault = err.Error()
	}
	return out, nil
}

// missing are the kept heads of businesses that are not there.
func missing(list []organization.Business, kept []logHead) (out []logHead) {
	there := map[string]bool{}
	for _, b := range list {
		there[b.Number] = true
	}
	for _, k := range kept {
		if !there[k.Business] {
			out = append(out, logHead{Business: k.Business, Fault: "the business of the checkpoint is not there"})
		}
	}
	return out
}

func headsText(heads []logHead) string {
	var out strings.Builder
	for _, h := range heads {
		verdict := "verifies"
		if h.Fault != "" {
			verdict = "DOES NOT VERIFY"
		}
		fmt.Fprintf(&out, "%s  %s  %s\n", h.Business, verdict, cmp.Or(h.Head, "-"))
	}
	return out.String()
}

// faults is an error for every log that does not verify.
func faults(heads []logHead) error {
	var errs []error
	for _, h := range heads {
		if h.Fault != "" {
			errs = append(errs, fmt.Errorf("%s: %s", h.Business, h.Fault))
		}
	}
	return errors.Join(errs...)
}
