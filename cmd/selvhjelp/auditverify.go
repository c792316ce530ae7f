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
	"selvhjelp/store"
)

// The logs of no business, as heads name them.
const (
	operatorChain  = "operator"
	addressesChain = "addresses"
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

// chain is a log that is verified.
type chain struct {
	head logHead // without a head yet
	log  audit.Log
}

// verifyAudit verifies each log by itself and tells all that do not hold.
func (in *installation) verifyAudit(ctx context.Context, r control.Request) (string, error) {
	var kept []logHead
	if text := r.Args["checkpoint"]; text != "" {
		if err := json.Unmarshal([]byte(text), &kept); err != nil {
			return "", errors.New("-checkpoint: does not decode")
		}
	}
	var list []chain
	err := in.usage.View(ctx, func(rd store.Reader) (err error) {
		list, err = in.chains(rd, r.Args["business"])
		return err
	})
	if err != nil {
		return "", err
	}
	heads := []logHead{}
	for _, c := range list {
		head, err := in.verifyOne(ctx, c, kept)
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

// chains returns all logs, or the one that is named by number or word: those of
// the businesses, closed ones among them, of the operator's own staff when there
// is any, and of the releases of addresses.
func (in *installation) chains(r store.Reader, which string) ([]chain, error) {
	var out []chain
	add := func(b organization.Business, head logHead) {
		if b.Closed > 0 {
			head.Closed = b.Closed.String()
		}
		out = append(out, in.chain(b.ID[:], head))
	}
	list, err := verified(r, which)
	for _, b := range list {
		add(b, logHead{Business: b.Number})
	}
	if which == "" || which == operatorChain {
		b, none := organization.Operator(r)
		if none == nil {
			add(b, logHead{Business: operatorChain})
		} else if !errors.Is(none, organization.ErrNotFound) {
			err = errors.Join(err, none)
		}
	}
	if which == "" || which == addressesChain {
		out = append(out, in.chain(addressLog, logHead{Business: addressesChain}))
	}
	return out, err
}

func (in *installation) chain(id []byte, head logHead) chain {
	log := audit.For(in.ring, id)
	head.Log = log.Name()
	return chain{head, log}
}

// verified are the businesses whose logs are asked for.
func verified(r store.Reader, which string) ([]organization.Business, error) {
	switch which {
	case "":
		return organization.Businesses(r)
	case operatorChain, addressesChain:
		return nil, nil
	}
	b, err := businessOf(r, "business", which)
	return []organization.Business{b}, err
}

func (in *installation) verifyOne(ctx context.Context, c chain, kept []logHead) (logHead, error) {
	out := c.head
	var checkpoints []audit.Head
	for _, k := range kept {
		if k.of(out) {
			head, err := audit.ParseHead(k.Head)
			if err != nil {
				return out, err
			}
			checkpoints = append(checkpoints, head)
		}
	}
	err := in.usage.View(ctx, func(r store.Reader) error {
		head, err := c.log.Head(r)
		if err == nil {
			out.Head = head.String()
			err = c.log.Verify(r, checkpoints...)
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

// missing are the kept heads of logs that are not there.
func missing(list []chain, kept []logHead) (out []logHead) {
	for _, k := range kept {
		there := false
		for _, c := range list {
			there = there || k.of(c.head)
		}
		if !there {
			out = append(out, logHead{Log: k.Log, Business: k.Business, Fault: "the log of the checkpoint is not there"})
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
		if h.Closed != "" {
			verdict += "  closed on " + h.Closed
		}
		fmt.Fprintf(&out, "%s  %s  %s  %s\n", cmp.Or(h.Business, "-"), cmp.Or(h.Log, "-"), verdict, cmp.Or(h.Head, "-"))
	}
	return out.String()
}

// faults is an error for every log that does not verify.
func faults(heads []logHead) error {
	var errs []error
	for _, h := range heads {
		if h.Fault != "" {
			errs = append(errs, fmt.Errorf("%s: %s", cmp.Or(h.Business, h.Log), h.Fault))
		}
	}
	return errors.Join(errs...)
}
